"""docs/roles.md names every command, who runs it, and whether it adds to the ledger; each refuses nonsense."""

import ast
import io
import re
import sys

import pytest
from django.core.management import call_command, execute_from_command_line, get_commands
from django.db import connections
from django.utils import timezone

from signon.models import LedgerEntry
from signon.privacy import held
from tests.factories import StatementFactory, accepted
from tests.roles import page

CHECKOUT = page.PAGE.parent.parent
OWN = ("config", "signon", "campaigns")
ROW = re.compile(r"^\| `(manage\.py|python -m) ([\w.]+)` \| (.+?) \| .+ \| (yes|no) \|$", re.M)
# What each is given that it cannot take.
BAD = {
    "export_signatories": ["nowhere"],
    "import_signatories": ["nowhere", "nothing.csv"],
    "load_demo": ["--twice"],
    "load_volume": ["nowhere", "3"],
    "make_staff": ["nobody", "verifier"],
    "match_organizations": ["nothing.csv"],
    "migrate": ["signon", "9999", "--skip-checks"],
    "prepare_database": ["--twice"],
    "print_draft": [],
    "repeat_erasures": ["nothing"],
    "seal_contacts": [],
    "verify_ledger": ["nowhere"],
}


def told():
    """By the names of the page's commands: who runs them, and whether they add to the ledger."""
    return {name: (who, ledger) for _how, name, who, ledger in ROW.findall(page.PAGE.read_text("utf-8"))}


def ours():
    return {name for name, app in get_commands().items() if str(app).split(".")[0] in OWN}


def sources():
    for folder in OWN:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            yield path.relative_to(CHECKOUT).with_suffix(""), path.read_text("utf-8")


def programs():
    return {".".join(path.parts) for path, words in sources() if 'if __name__ == "__main__"' in words}


def started(words, known):
    """Which of these commands a module's code starts, in its own process or in another."""
    tree = ast.parse(words)
    starts = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    ways = ("subprocess.", "os.system", "os.exec", "os.spawn", "os.popen")
    if not any(name.startswith(ways) or name.endswith("call_command") for name in starts):
        return set()
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts & known


def test_each_command_has_a_row_and_each_row_a_command():
    assert ours() | programs() == set(told())


def test_no_page_and_no_task_starts_a_command_but_where_the_table_says_so():
    """What people do on the site runs in signon and campaigns; Django's own commands are none of theirs either."""
    known = set(get_commands()) | programs()
    found = {
        str(path): names
        for path, words in sources()
        if path.parts[0] != "config" and "management" not in path.parts and (names := started(words, known))
    }
    assert found == {"signon/letters/draft": {"print_draft"}, "signon/imports/tables": {"signon.imports.table_reader"}}
    assert {name for name, (who, _ledger) in told().items() if who.startswith("the site")} == set.union(*found.values())


@pytest.mark.parametrize(
    "planted",
    [
        "call_command('flush')",
        "management.call_command('flush')",
        "subprocess.run([sys.executable, 'manage.py', 'flush'])",
    ],
)
def test_a_planted_call_of_a_command_is_found(planted):
    assert started(planted, {"flush", "migrate"}) == {"flush"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BAD))
def test_each_command_tells_of_itself_and_refuses_nonsense_in_one_line(name, monkeypatch, capfd):
    monkeypatch.setattr(type(connections), "close_all", lambda own: None)  # the test's own
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    for arguments, code in ((BAD[name], 2), (["--help"], 0)):
        with pytest.raises(SystemExit) as ended:
            execute_from_command_line(["manage.py", name, *arguments])
        told = capfd.readouterr()
        assert ended.value.code == code
        if code:
            assert (len(told.err.splitlines()), told.out) == (1, "")
        else:
            assert (told.err, told.out.startswith(f"usage: manage.py {name}")) == ("", True)


def test_nonsense_is_kept_for_each_command():
    assert set(BAD) == ours()


def added(*arguments):
    before = LedgerEntry.objects.count()
    call_command(*arguments, verbosity=0)
    return "yes" if LedgerEntry.objects.count() > before else "no"


@pytest.mark.django_db
def test_the_ledger_column_is_true(tmp_path, settings, capfdbinary):
    settings.LOCAL_MODE = True  # else nobody is made up
    settings.VAR = tmp_path
    statement = StatementFactory()
    accepted(statement=statement, email="asha@kituo.example")
    names, pairs, gone = (tmp_path / name for name in ("list.csv", "pairs.csv", "erasures"))
    names.write_text("organization,country\nKituo,Kenya\n")
    pairs.write_text("name_a,country_a,name_b,country_b\nKituo,Kenya,Kituo,Kenya\n")
    gone.write_text(f"{timezone.now().isoformat()} {held.digest('asha@kituo.example')}\n")
    settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = ["k" * 50 + "ey of a test"], "h" * 50 + "ash of a test"
    found = {
        "verify_ledger": added("verify_ledger", statement.slug),
        "export_signatories": added("export_signatories", statement.slug),
        "import_signatories": added("import_signatories", statement.slug, str(names)),
        "load_demo": added("load_demo"),
        "load_volume": added("load_volume", statement.slug, "2"),
        "make_staff": added("make_staff", "asha@network.example", "administrator"),
        "match_organizations": added("match_organizations", str(pairs)),
        "migrate": added("migrate"),
        "prepare_database": added("prepare_database"),
        "seal_contacts": added("seal_contacts"),
        "repeat_erasures": added("repeat_erasures", str(gone)),
    }
    assert found == {name: told()[name][1] for name in ours() - {"print_draft"}}
