"""Forms of networks and their coverage."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from signon.imports.import_forms import SourceForm
from signon.models import Network


class NetworkForm(SourceForm):
    """A network's list of members: its name, where it is from, and a file or pasted text."""

    name = forms.CharField(label=_("Name of the network"), max_length=200)
    note = forms.CharField(
        label=_("Where the list is from"),
        max_length=300,
        required=False,
        help_text=_("For example: the network’s page of members, 3 March 2026."),
    )
    field_order = ["name", "note", "file", "text"]


class ChooseNetworkForm(forms.Form):
    """Which network's coverage is looked at."""

    network = forms.ModelChoiceField(Network.objects.all(), label=_("Network"), empty_label=None)
