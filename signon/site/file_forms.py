"""Forms for photos and documents of the public site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Document, Photo, PhotoWords, Post, Statement
from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import User
from signon.site.seen_forms import SeenForm
from signon.site.site_forms import OPTIONS, direction_of, language_choices

ALT_HELP = _("For who cannot see it: “Women with purple scarves march behind a banner”.")

# A chosen file is lost with every answer of the server: what is missing, the browser says before it sends.
WITH_FILE = {"use_required_attribute": True}


class NewPhotoForm(forms.Form):
    """A picture with the words that it cannot be without."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, at most 20 MB. Place and camera are removed from it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    language = forms.ChoiceField(label=_("Language of these words"), choices=language_choices)
    alt = forms.CharField(label=_("What it shows"), max_length=300, help_text=ALT_HELP)
    caption = forms.CharField(
        label=_("Caption"), max_length=300, required=False, help_text=_("Stands under it, for everybody.")
    )
    credit = forms.CharField(label=_("Photographer or owner"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"language": get_language() or settings.LANGUAGE_CODE}
        super().__init__(*args, **(OPTIONS | WITH_FILE | {"initial": initial} | kwargs))


class PhotoWordsForm(forms.Form):
    """What a photo shows, in one language."""

    alt = forms.CharField(label=_("What it shows"), max_length=300, help_text=ALT_HELP)
    caption = forms.CharField(label=_("Caption"), max_length=300, required=False)

    def __init__(self, *args: Any, text: PhotoWords | None, language: str, **kwargs: Any) -> None:
        initial = {"alt": text.alt, "caption": text.caption} if text else {}
        super().__init__(*args, **(OPTIONS | {"auto_id": "%s", "prefix": language, "initial": initial} | kwargs))
        for field in self.fields.values():
            field.widget.attrs |= {"lang": language, "dir": direction_of(language)}


class CreditForm(forms.ModelForm):
    """Whose photo it is."""

    class Meta:
        model = Photo
        fields = ["credit"]


class DocumentForm(SeenForm):
    """What is said of a document; a new one wants its file."""

    file = forms.FileField(
        label=_("PDF"), help_text=_("At most 30 MB."), widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)

    class Meta:
        model = Document
        fields = ["file", "title", "language", "dated", "campaign", "statement", "post"]
        widgets = {"dated": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    field_order = ["file", "title", "language", "dated", "campaign", "statement", "post"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | WITH_FILE | kwargs))
        if self.instance.pk:
            del self.fields["file"]
        else:
            self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE
        fields: dict[str, Any] = dict(self.fields)
        fields["campaign"].queryset = Campaign.objects.for_user(user)
        fields["campaign"].required = not user.has_perm(ALL_CAMPAIGNS)
        fields["statement"].queryset = Statement.objects.for_user(user).prefetch_related("revisions__texts")
        fields["post"].queryset = Post.objects.for_user(user).with_words()
        for name in ("statement", "post"):
            fields[name].label_from_instance = lambda found: found.title
        for name in ("campaign", "statement", "post"):
            fields[name].empty_label = "–"

    def said(self) -> dict[str, Any]:
        """What campaigns.documents.keep takes, without the file."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "seen")}
