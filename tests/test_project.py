"""Promises of the whole project."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.template.loader import get_template

from signon.models import Message

CHECKOUT = Path(__file__).resolve().parent.parent
# Inside signon a module imports from those on the lines above its own, and from its own line (DESIGN.md, "Layout").
LAYERS = [
    {
        "names",
        "countries",
        "regions",
        "addresses",
        "contact_keys",
        "waking",
        "tallies",
        "outages",
        "clock",
        "cells",
        "encodings",
        "charts",
        "share_charts",
        "world_map",
    },
    {"consent", "lacking"},
    {
        "names",
        "countries",
        "regions",
        "addresses",
        "contact_keys",
        "waking",
        "cells",
        "encodings",
        "charts",
        "share_charts",
    },
    {"site_languages"},
    {"table_reader"},
    {"vocabulary"},
    {"name_parts"},
    {"likeness"},
    {"matching"},
    {"models"},
    {"tokens", "reach", "doors", "site_desk"},
    {"announcing", "posting", "attaching", "link_mail", "numbers", "pending", "held", "consenting", "sweeping"},
    {"name_keys"},
    {
        "candidates",
        "doubles",
        "jobs",
        "envelope",
        "lanes",
        "sending",
        "domains",
        "look_alikes",
        "statement_mail",
        "registration_mail",
    },
    {"candidates", "doubles", "jobs", "envelope", "lanes", "sending", "domains", "look_alikes", "statement_mail"},
    {"devices", "account_mail", "seat_mail", "proposal_mail"},
    {"findings", "directory", "known"},
    {"convener_places"},
    {"senders", "sender_records"},
    {"evidence", "resembling", "rendering", "limits"},
    {"relevance"},
    {"mailing"},
    {"sender_trials"},
    {"asking", "proofs"},
    {"guarding"},
    {"holding"},
    {"bursts"},
    {"samples", "bouncing", "reports", "resealing", "retention", "sealing", "accounts", "roles", "signatories"},
    {"list_order", "list_search"},
    {"samples", "bouncing", "reports", "retention", "sealing", "accounts", "roles", "signatories"},
    {"factors", "factor_resets", "proving", "elsewhere"},
    {"published", "showing", "forgetting", "profiles"},
    {"announcements"},
    {"tables", "remarks", "headings", "scopes"},
    {"columns", "rows"},
    {"places"},
    {"spreadsheets", "recognizing", "likely", "list_lines"},
    {"guest_tables"},
    {"own_answers", "own_questions", "quotes", "sourcing"},
    {"signing", "readiness", "correcting", "registering"},
    {"signing", "readiness", "correcting"},
    {"seats"},
    {"answering", "replying", "organizing", "by_hand", "drafting"},
    {"inviting", "reconciling", "deadlines", "rehearsing", "convening", "late_signing", "unready"},
    {"timekeeping", "next_steps", "unreminded", "registration_times"},
    {"decisions"},
    {"merging", "verifying", "reminding"},
    {"proposing", "presenting"},
    {"question_cells"},
    {"mailings", "reaffirming", "planning", "resources", "manifest"},
    {"guest_lists", "networks", "question_columns"},
    {"coverage"},
    {"composing", "importing", "export_choice", "list_writers", "lettering", "country_maps"},
    {"story", "public_numbers"},
    {"timeline", "pictures"},
    {"exporting", "letter", "previewing", "amending", "undoing", "demo", "volume"},
    {"import_jobs", "archiving", "delivering", "registration_desk"},
    {"traces"},
    {"erasing"},
    {"rights", "in_force", "due"},
    {"tasks", "webhooks"},
    {"desk", "statement_parts", "invitation_desk", "outbox", "subscribing"},
    {"desk", "ways_in", "invitation_desk", "outbox", "subscribing", "seat_page"},
    {"question_fields", "question_forms", "text_forms", "zone_fields"},
    {"forms", "answer_forms"},
    {"account_forms", "seat_forms", "proposal_forms", "profile_forms"},
    {"finding_forms"},
    {"registration_forms"},
    {"desk_forms", "life_forms", "export_forms", "letter_forms", "import_forms", "link_forms", "embedding"},
    {"photo_choice", "seen_forms"},
    {"site_forms"},
    {"file_forms", "settings_forms"},
    {"import_desk", "embed_forms", "hand_forms", "invitation_forms", "network_forms"},
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


def test_imports_inside_signon_run_one_way():
    place = {name: number for number, names in enumerate(LAYERS) for name in names}
    upward = []
    for path in sources("signon"):
        own = path.relative_to(CHECKOUT / "signon").parts[0].removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            known = parts[0] == "signon" and len(parts) > 1 and parts[1] in place and own != "__init__"
            if known and place[parts[1]] > place[own]:
                upward.append(f"{own} imports {parts[1]}")
    assert sorted(set(upward)) == []


def test_every_module_of_signon_has_its_place():
    modules = {path.relative_to(CHECKOUT / "signon").parts[0].removesuffix(".py") for path in sources("signon")}
    assert modules - {"__init__"} == {name for names in LAYERS for name in names}


def test_a_file_has_one_subject():
    long = {}
    for path in sources("campaigns", "signon", "config"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 300 and "migrations" not in path.parts:
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
