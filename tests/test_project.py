"""Promises of the whole project."""

import ast
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.template import engines
from django.template.loader import get_template

from signon.models import Message

CHECKOUT = Path(__file__).resolve().parent.parent
# Inside signon a module imports from those on the lines above its own, and from its own line (docs/architecture.md).
LAYERS = [
    {"running.outages", "running.clock", "geography.territories", "geography.world_map"},
    {"running.redis_server"},
    {"running.tallies", "running.reading", "running.turns"},
    {"privacy.consent", "statements.lacking"},
    {
        "naming.names",
        "geography.countries",
        "geography.regions",
        "mail.addresses",
        "privacy.contact_keys",
        "mail.waking",
        "exports.cells",
        "imports.encodings",
        "figures.charts",
        "figures.share_charts",
    },
    {"site.site_languages", "privacy.hash_key"},
    {"imports.table_reader"},
    {"naming.vocabulary"},
    {"naming.name_parts"},
    {"naming.likeness"},
    {"matching"},
    {"models"},
    {"tokens", "people.reach", "statements.doors", "statements.time_to_confirm", "site.site_desk"},
    {
        "programs.announcing",
        "programs.posting",
        "casework.attaching",
        "mail.link_mail",
        "mail.sources",
        "figures.kept",
        "figures.numbers",
        "casework.pending",
        "privacy.held",
        "privacy.erasures_file",
        "privacy.consenting",
        "privacy.sweeping",
    },
    {"naming.name_keys"},
    {"events.registration_mail"},
    {
        "naming.candidates",
        "casework.doubles",
        "jobs",
        "mail.envelope",
        "mail.lanes",
        "mail.sending",
        "casework.domains",
        "naming.look_alikes",
        "mail.statement_mail",
    },
    {"people.devices", "people.account_mail", "people.seat_mail", "casework.proposal_mail"},
    {"casework.findings", "casework.directory", "casework.known"},
    {"statements.convener_places"},
    {"mail.senders", "mail.sender_records"},
    {"casework.evidence", "casework.resembling", "mail.rendering", "mail.limits"},
    {"mail.relevance"},
    {"mailing"},
    {"mail.dispatching"},
    {"mail.sender_trials"},
    {"mail.asking", "abuse.proofs"},
    {"abuse.guarding"},
    {"abuse.holding"},
    {"abuse.bursts"},
    {"finding.word_search"},
    {"finding.list_order", "finding.list_search", "finding.staff_search"},
    {
        "mail.samples",
        "mail.bouncing",
        "mail.reports",
        "privacy.resealing",
        "retention",
        "sealing",
        "people.accounts",
        "people.roles",
        "signatories",
    },
    {"people.factors", "people.factor_resets", "people.proving", "people.elsewhere", "finding.name_search"},
    {"programs.published", "statements.showing", "privacy.forgetting", "finding.directory", "finding.profiles"},
    {"programs.announcements"},
    {"imports.tables", "imports.remarks", "imports.headings", "imports.scopes"},
    {"imports.columns", "imports.rows"},
    {"imports.places"},
    {"imports.spreadsheets", "imports.recognizing", "naming.likely", "invitations.list_lines"},
    {"invitations.guest_tables"},
    {"questions.own_answers", "questions.own_questions", "questions.quotes", "invitations.sourcing"},
    {"events.registering"},
    {"signing", "statements.readiness", "questions.correcting"},
    {"people.seats"},
    {"questions.answering", "invitations.replying", "organizing", "casework.by_hand", "statements.drafting"},
    {
        "inviting",
        "invitations.reconciling",
        "statements.deadlines",
        "statements.rehearsing",
        "statements.convening",
        "statements.late_signing",
        "statements.at_hand",
        "statements.unready",
    },
    {"statements.timekeeping", "statements.next_steps", "invitations.unreminded", "events.registration_times"},
    {"casework.decisions"},
    {"casework.merging", "verifying", "mail.reminding"},
    {"casework.proposing", "people.presenting"},
    {"imports.question_cells"},
    {"mail.mailings", "mail.reaffirming", "imports.planning", "resources", "letters.manifest"},
    {"invitations.guest_lists", "invitations.networks", "exports.question_columns"},
    {"invitations.coverage"},
    {
        "imports.composing",
        "importing",
        "exports.export_choice",
        "exports.list_writers",
        "exports.presets",
        "exports.list_pieces",
        "letters.docx",
        "letters.draft",
        "letters.letter",
        "letters.pdf",
        "letters.roll",
        "letters.table",
        "geography.country_maps",
    },
    {"statements.story", "figures.public_numbers"},
    {"statements.timeline", "figures.pictures"},
    {"exporting", "letter", "imports.previewing", "imports.amending", "imports.undoing", "site.demo", "volume"},
    {"imports.import_jobs", "statements.archiving", "statements.delivering", "events.registration_desk"},
    {"privacy.traces"},
    {"privacy.in_lists", "privacy.outcomes"},
    {"figures.large"},
    {"privacy.erasing"},
    {"privacy.telling", "privacy.planning"},
    {"privacy.rights", "privacy.in_force", "privacy.due"},
    {"tasks", "mail.webhooks"},
    {"statements.statement_parts"},
    {
        "casework.desk",
        "casework.ways_in",
        "invitations.invitation_desk",
        "mail.mailing_page",
        "mail.outbox",
        "programs.subscribing",
        "people.seat_page",
        "site.piece_particulars",
    },
    {"fields", "questions.question_fields", "questions.question_forms", "statements.text_forms", "site.zone_fields"},
    {"forms", "questions.answer_forms"},
    {"people.account_forms", "people.seat_forms", "casework.proposal_forms", "people.profile_forms"},
    {"finding.query_strings"},
    {"events.registration_forms"},
    {
        "casework.desk_forms",
        "mail.mailing_forms",
        "programs.webhook_forms",
        "statements.life_forms",
        "exports.export_forms",
        "letters.letter_forms",
        "imports.import_forms",
        "link_forms",
        "programs.embedding",
    },
    {"site.photo_choice", "site.seen_forms"},
    {"site.site_forms"},
    {"site.file_forms", "site.settings_forms"},
    {
        "imports.import_desk",
        "programs.embed_forms",
        "casework.hand_forms",
        "invitations.invitation_forms",
        "invitations.network_forms",
    },
    {"api"},
    {"views", "admin", "management", "templatetags", "apps", "migrations"},
]


def sources(*folders):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [CHECKOUT / name for name in listed.stdout.split() if name.endswith(".py") and (CHECKOUT / name).exists()]


def imports(path):
    """Every module that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_words_do_not_know_names():
    upward = [
        (path.name, name) for path in sources("campaigns") for name in imports(path) if name.split(".")[0] == "signon"
    ]
    assert upward == []


def test_only_what_joins_them_knows_the_configuration():
    """Local mode's mailbox shows what config's own mail server took; nothing else looks up."""
    knowing = {
        path.name
        for path in sources("campaigns", "signon")
        if any(name.split(".")[0] == "config" for name in imports(path))
    }
    assert knowing == {"mailbox.py"}


def _place_of(parts):
    """The name under which LAYERS knows a module: its package's where that stands whole, else its own."""
    whole = {name for names in LAYERS for name in names}
    return parts[0] if parts[0] in whole else ".".join(parts[:2])


def _own(path):
    return _place_of([part.removesuffix(".py") for part in path.relative_to(CHECKOUT / "signon").parts])


def test_imports_inside_signon_run_one_way():
    place = {name: number for number, names in enumerate(LAYERS) for name in names}
    upward = []
    for path in sources("signon"):
        own = _own(path)
        for name in imports(path):
            package, *parts = name.split(".")
            if package != "signon" or not parts or path.name == "__init__.py":
                continue
            known = _place_of(parts)
            if known in place and place[known] > place[own]:
                upward.append(f"{own} imports {known}")
    assert sorted(set(upward)) == []


def test_every_module_of_signon_has_its_place_and_only_one():
    modules = {_own(path) for path in sources("signon") if path.name != "__init__.py"}
    assert sorted(modules) == sorted(name for names in LAYERS for name in names)


def test_each_arrow_of_the_drawing_is_an_import():
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = page.split("subgraph signon\n")[1].split("\n    end\n")[0]
    arrows = set()
    for line in drawn.splitlines():
        steps = [step.strip().split(" & ") for step in line.split("-->")]
        arrows |= {(one, other) for before, after in pairwise(steps) for one in before for other in after}
    known = set()
    for path in sources("signon"):
        own = path.relative_to(CHECKOUT / "signon").parts[0].removesuffix(".py")
        own = "commands" if own == "management" else own
        known |= {(own, name.split(".")[1]) for name in imports(path) if name.startswith("signon.")}
    assert len(arrows) > 40
    assert arrows - known == set()


def test_nothing_imports_an_edge_but_another_edge():
    edges = {"views", "admin", "api", "management", "tasks", "templatetags"}
    deep = []
    for path in sources("signon"):
        if path.relative_to(CHECKOUT / "signon").parts[0].removesuffix(".py") in edges:
            continue
        deep += [f"{path.name}: {name}" for name in imports(path) if name.split(".")[:1] == ["signon"]
                 and name.split(".")[1:2] and name.split(".")[1] in edges]  # fmt: skip
    assert deep == []


def test_a_template_loads_what_it_uses():
    """A library that is loaded for nothing sends its reader looking for what it does."""
    libraries = engines["django"].engine.template_libraries
    idle = []
    for path in (CHECKOUT / "templates").rglob("*.*"):
        words = path.read_text(encoding="utf-8")
        for name in " ".join(re.findall(r"{% load ((?:(?! from )[^%])*?) %}", words)).split():
            tags, filters = map(
                "|".join, (map(re.escape, known) for known in (libraries[name].tags, libraries[name].filters))
            )
            used = (tags and re.search(rf"{{%\s*({tags})\b", words)) or (
                filters and re.search(rf"\|({filters})\b", words)
            )
            if not used:
                idle.append(f"{path.relative_to(CHECKOUT)}: {name}")
    assert idle == []


def test_what_is_committed_stands_by_itself():
    """No link, least of all to a place on somebody's machine."""
    tracked = subprocess.run(["git", "ls-files", "--stage"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert [line for line in tracked.stdout.splitlines() if line.startswith("120000")] == []


def test_a_file_has_one_subject():
    long = {}
    for path in sources("campaigns", "signon", "config"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 300 and "migrations" not in path.parts:
            long[str(path.relative_to(CHECKOUT))] = lines
    assert long == {}


def test_a_template_shows_one_thing():
    long = {}
    for path in (CHECKOUT / "templates").rglob("*.html"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 300:
            long[str(path.relative_to(CHECKOUT))] = lines
    assert long == {}


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("kind", [kind for kind in Message.Kind.values if kind != "account"])
@pytest.mark.parametrize("part", ["subject.txt", "body.txt", "body.html"])
def test_every_mail_has_its_parts(kind, part):
    assert get_template(f"mail/{kind}/{part}")


def test_every_field_that_holds_an_address_is_declared_personal():
    undeclared = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith(("signon", "campaigns"))
        for field in model._meta.fields
        if isinstance(field, models.EmailField) and field.name not in getattr(model, "PERSONAL_DATA", ())
    ]
    assert undeclared == []


@pytest.mark.parametrize("model", [model for model in apps.get_models() if hasattr(model, "PERSONAL_DATA")])
def test_what_is_declared_personal_is_a_field(model):
    assert {field.name for field in model._meta.fields} >= model.PERSONAL_DATA


def test_every_public_function_is_typed_and_says_what_its_signature_cannot():
    """Views, admin and commands are Django's own shapes and need no words of ours; small modules' verbs do."""
    silent = []
    for path in sources("campaigns", "signon", "config"):
        if {"views", "admin", "migrations", "commands"} & set(path.parts):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and (ast.get_docstring(node) is None or node.returns is None):
                silent.append(f"{path.relative_to(CHECKOUT)}:{node.name}")
    assert silent == []


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES if code != "en"])
@pytest.mark.parametrize("app", ["campaigns", "signon"])
def test_every_string_is_translated_and_keeps_its_placeholders(app, language):
    path = CHECKOUT / app / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    assert [message.id for message in catalog if message.id and (message.fuzzy or "" in _forms(message))] == []
    assert [message.id for message in catalog if any(message.check(catalog))] == []


def _forms(message):
    return message.string if message.pluralizable else [message.string]


def test_a_block_has_the_page_s_direction_and_the_words_in_it_their_own():
    """Or a Latin title on an Arabic page stands at the far edge from all else."""
    blocks = re.compile(r'<(?:h[1-6]|p|li|dd|dt|td|th|blockquote)\b[^>]*\bdir="auto"')
    turned = [str(path) for path in (CHECKOUT / "templates").rglob("*.html") if blocks.search(path.read_text("utf-8"))]
    assert turned == []
