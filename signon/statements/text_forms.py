"""Forms of whoever writes: a new statement, and its text in one language."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns import languages, pasting, writing
from campaigns.models import Campaign, RevisionText, Statement
from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import User

BLANK, EARLIER, TEXT = "blank", "earlier", "text"
# In characters: forty times a long statement.
LONGEST = 400_000


class NewStatementForm(forms.Form):
    """How a statement begins. What was pasted or uploaded is in `pasted` once the form is clean."""

    start = forms.ChoiceField(
        label=gettext_lazy("Begin with"),
        choices=[
            (TEXT, gettext_lazy("a text from Word, Google Docs or the web")),
            (EARLIER, gettext_lazy("an earlier statement: its words, settings and questions, none of its names")),
            (BLANK, gettext_lazy("an empty page")),
        ],
        initial=TEXT,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Paste the text"),
        required=False,
        max_length=LONGEST,
        strip=False,
        help_text=gettext_lazy("Numbered demands, headings, links and footnotes stay. We tell you what does not."),
        widget=forms.Textarea(attrs={"rows": 8, "data-paste": "html"}),
    )
    html = forms.CharField(required=False, max_length=pasting.MOST_CHARACTERS, widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("Word (.docx), a web page (.html), or text (.txt, .md)."),
        widget=forms.FileInput(attrs={"accept": ".docx,.html,.htm,.txt,.md"}),
    )
    earlier = forms.ModelChoiceField(
        label=gettext_lazy("Which one"), required=False, queryset=Statement.objects.none(), empty_label="–"
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("If you leave it empty, we take the text’s first heading."),
    )
    addressee = forms.CharField(
        label=gettext_lazy("Addressee"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("To whom the statement speaks."),
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"), required=False, queryset=Campaign.objects.none(), empty_label="–"
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the original"), choices=settings.LANGUAGES)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("It is also to be read in"),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        initial = {"language": get_language() or settings.LANGUAGE_CODE}
        super().__init__(*args, **{"initial": initial, "use_required_attribute": False, **kwargs})
        campaigns: Any = self.fields["campaign"]
        campaigns.queryset = Campaign.objects.for_user(user)
        campaigns.required = not user.has_perm(ALL_CAMPAIGNS)
        earlier: Any = self.fields["earlier"]
        earlier.queryset = Statement.objects.for_user(user).prefetch_related("revisions__texts")
        earlier.label_from_instance = lambda statement: statement.title
        self.pasted = pasting.Pasted()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start = given.get("start")
        if start == EARLIER and not given.get("earlier"):
            self.add_error("earlier", _("Choose the statement to begin with."))
        if start == TEXT:
            self._read(given)
        earlier = given.get("earlier") if start == EARLIER else None
        given["earlier"] = earlier
        given["title"] = given.get("title") or self.pasted.title or (earlier.title if earlier else "")
        if not given["title"] and not self.errors:
            self.add_error("title", _("Write a title: the text has no heading that could be it."))
        return given

    def _read(self, given: dict[str, Any]) -> None:
        file, html, text = given.get("file"), given.get("html", ""), given.get("text", "")
        if file:
            if file.size > pasting.MOST_BYTES:
                self.add_error("file", _("The file is larger than a statement can be."))
                return
            try:
                self.pasted = pasting.from_file(file.name, file.read())
            except pasting.Unreadable as error:
                self.add_error("file", str(error))
                return
        elif html.strip():
            self.pasted = pasting.from_html(html)
        elif text.strip():
            self.pasted = pasting.from_text(text)
        if not (self.pasted.body or self.pasted.title) and "text" not in self.errors:
            self.add_error("text", _("Paste a text or choose a file; or begin with an empty page."))

    def words(self) -> dict[str, Any]:
        """What signon.statements.drafting.begin takes."""
        given = self.cleaned_data
        names = ("title", "addressee", "campaign", "languages")
        earlier = given["earlier"]
        original = earlier.revision.original_language if earlier and earlier.revision else given["language"]
        return {name: given[name] for name in names} | {
            "language": original,
            "like": earlier,
            "body": self.pasted.body,
        }


class LanguagesForm(forms.Form):
    """In which languages a statement is to be read."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("It is to be read in"),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Beside the original’s language. What is not written yet is named above."),
    )


class TextForm(forms.Form):
    """A statement's text in one language. `html` is what the editor holds where somebody wrote in it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    lead = forms.CharField(
        label=gettext_lazy("Lead"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("One or two sentences that stand for it in lists."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    addressee = forms.CharField(
        label=gettext_lazy("Addressee"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("To whom it speaks, in this language. Left empty, readers see the original’s."),
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=LONGEST,
        strip=False,
        help_text=gettext_lazy(
            "Markdown: “1.” begins a numbered demand, “##” a heading, [^1] is the mark of a footnote, “[^1]: …” the"
            " footnote."
        ),
        widget=forms.Textarea(attrs={"rows": 24, "data-editor": "text"}),
    )
    html = forms.CharField(required=False, max_length=pasting.MOST_CHARACTERS, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    agreed = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        text: RevisionText | None,
        language: str,
        begin_with: RevisionText | None = None,
        is_original: bool = False,
        **kwargs: Any,
    ) -> None:
        shown = text or begin_with
        initial: dict[str, Any] = {"seen": writing.mark_of(text)}
        if shown is not None:
            initial |= {"title": shown.title, "lead": shown.lead, "body": shown.body}
            initial["addressee"] = shown.addressee
        own: dict[str, Any] = {"auto_id": "%s", "prefix": language, "use_required_attribute": False}
        super().__init__(*args, **(own | {"initial": initial} | kwargs))
        self.text, self.language = text, language
        self.lost: list[str] = []
        self.consequence = writing.consequence(text)
        if is_original:  # the statement's own stands among its particulars
            del self.fields["addressee"]
        for name in {"title", "lead", "addressee", "body"} & set(self.fields):
            self.fields[name].widget.attrs |= {"lang": language, "dir": RevisionText(language=language).direction}
        agreed = self.fields["agreed"]
        if self.consequence == writing.REVISES:
            agreed.label = _("Yes: make a new revision of the statement.")
        elif self.consequence == writing.REPLACES:
            agreed.label = _("Yes: replace this translation for those who sign from now on.")
        else:
            del self.fields["agreed"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("html", "").strip():
            found = pasting.from_html(given["html"])
            # What an editor's page holds is below the title already: a heading in it is a heading.
            given["body"] = f"## {found.title}\n\n{found.body}" if found.title else found.body
            self.lost = found.lost
        given["body"] = given.get("body", "").replace("\r\n", "\n").strip("\n")
        given["lead"] = given.get("lead", "").replace("\r\n", "\n")
        if len(given["body"]) > LONGEST:
            raise ValidationError(_("The text is longer than a statement can be."))
        return given

    def show_typed(self) -> None:
        """After an error: what was written in an editor stands in the text, and what it lost is told this time."""
        if cast(QueryDict, self.data).get(self.add_prefix("html"), "").strip() and "body" in self.cleaned_data:
            typed = cast(QueryDict, self.data).copy()
            typed[self.add_prefix("body")], typed[self.add_prefix("html")] = self.cleaned_data["body"], ""
            self.data = typed

    def keep(self, current: RevisionText | None) -> None:
        """After a conflict: what was typed stays, and saving again is on top of what stands there now."""
        typed = cast(QueryDict, self.data).copy()
        typed[self.add_prefix("seen")] = writing.mark_of(current)
        typed[self.add_prefix("body")], typed[self.add_prefix("html")] = self.cleaned_data["body"], ""
        self.data = typed
        self.text, self.consequence = current, writing.consequence(current)


def name_of(language: str) -> str:
    """The language's name in the language that is active now, or its code where nobody knows it."""
    return languages.name_of(language)
