"""What each role may do: groups with permissions, nothing beside them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import User

WRITE = ["add", "change", "view"]
WORDS = ["campaign", "statement", "revision", "revisiontext"]
# Of the public site: of campaigns, and of the network alone.
SITE = ["post", "event", "photo", "document"]
REMOVE = [f"campaigns.delete_{model}" for model in [*SITE, "page"]]
NETWORK = [*(f"campaigns.{act}_page" for act in [*WRITE, "delete"]), "campaigns.delete_photo"]
# To run statements, to make one of two entries of the directory, to write to signatories, to record a letter's
# delivery, and to tell other programs of signatories.
ORGANIZE = [
    "signon.organize_statement", "signon.merge_organization", "signon.send_mailing", "signon.deliver_letterpack",
    "signon.manage_webhook",
]  # fmt: skip
# To add a mailbox by hand, and to lift what stands against one.
SUPPRESS = ["signon.add_suppression", "signon.change_suppression"]
# To see who comes to an event, and to enter and cancel by hand. Whoever edits events sees how many.
COMING = ["signon.view_registration", "signon.change_registration"]
ROLES: dict[str, list[str]] = {
    "editor": [f"campaigns.{act}_{model}" for model in [*WORDS, *SITE, "page"] for act in WRITE] + REMOVE,
    "verifier": [
        "signon.view_signon", "signon.verify_signon", "signon.view_organization", "signon.view_organizationname",
        "signon.view_message", "signon.handle_message", "signon.view_ledgerentry", "signon.view_suppression",
        "signon.view_seat",
    ],
    "exporter": ["signon.view_signon", "signon.export_signon", "signon.export_contacts", "signon.view_organization"],
    "auditor": [
        f"{app}.view_{model}"
        for app, models in {
            "campaigns": [*WORDS, *SITE, "page"],
            "signon": ["signon", "organization", "organizationname", "message", "ledgerentry", "suppression", "user",
                       "export", "registration", "seat", "factorreset"],
        }.items()
        for model in models
    ] + ["signon.read_all", "signon.view_retention"],
}  # fmt: skip
ROLES["campaign_manager"] = sorted(
    ({*ROLES["editor"]} - {*NETWORK})
    | {*ROLES["verifier"], *ROLES["exporter"], "signon.import_signon", *ORGANIZE, *SUPPRESS, *COMING}
)
# All but a campaign's manager work on every campaign's statements.
for _role in set(ROLES) - {"campaign_manager"}:
    ROLES[_role].append(ALL_CAMPAIGNS)
ROLES["administrator"] = sorted(
    {right for rights in ROLES.values() for right in rights} - {"signon.read_all"}
    | {"campaigns.view_publisher", "campaigns.change_publisher", "signon.delete_membership"}
    | {"signon.reset_factor", "signon.view_factorreset"}
    | {
        f"signon.{act}_{model}"
        for model in ("organization", "organizationname", "organizationdomain", "membership", "user")
        for act in WRITE
    }
)


def give(user: User, role: str) -> list[str]:
    """Make the user staff in this role, and in no other; the role's group is brought up to this table.

    Returns the roles that the user had before.
    """
    before = sorted(user.groups.values_list("name", flat=True))
    group, _made = Group.objects.get_or_create(name=role)
    _bring_up(group)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.set([group])
    return before


def bring_up() -> None:
    """Give every role that is there what this table says, after a release that changed it."""
    for group in Group.objects.filter(name__in=ROLES):
        _bring_up(group)


def _bring_up(group: Group) -> None:
    wanted = Q()
    for right in ROLES[group.name]:
        app, codename = right.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    group.permissions.set(Permission.objects.filter(wanted))
