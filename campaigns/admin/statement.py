"""Statements and their texts. A signed text is read-only here, as it is in the database."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.reach import ReachedFilter, WithinReach
from campaigns.models import Revision, RevisionText, Statement
from campaigns.moments import moment


class RevisionTextForm(forms.ModelForm):
    class Meta:
        model = RevisionText
        fields = ["language", "title", "addressee", "lead", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frozen_original = bool(self.instance.frozen_at and self.instance.is_original)
        if self.frozen_original:
            for name in ("language", "title", "body", "addressee"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Signed, and so frozen. A changed original is a new revision.")
        elif self.instance.frozen_at:
            self.fields["language"].disabled = True
            self.fields["body"].help_text = _(
                "Signed already: your correction replaces this text for those who sign from now on."
            )

    def save(self, commit: bool = True) -> RevisionText:
        text = self.instance
        words = {name: self.cleaned_data[name] for name in ("title", "body", "lead", "addressee")}
        if not commit:
            return super().save(commit=False)
        if self.frozen_original:
            RevisionText.objects.filter(pk=text.pk).update(lead=words["lead"])
            return text
        if text.frozen_at:
            return RevisionText.objects.get(pk=text.pk).mend(**words)
        text.write(**words)
        return text


class CurrentTexts(BaseInlineFormSet):
    """The texts in force; those that a mended translation replaced stay with who signed them."""

    def get_queryset(self) -> QuerySet[RevisionText]:
        return super().get_queryset().filter(replaced_at__isnull=True)

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> RevisionText:
        form.instance.revision = self.instance
        return form.save(commit)

    def save_existing(self, form: forms.ModelForm, obj: RevisionText, commit: bool = True) -> RevisionText:
        return form.save(commit)


class RevisionTextInline(admin.StackedInline):
    model = RevisionText
    form = RevisionTextForm
    formset = CurrentTexts
    extra = 1
    readonly_fields = ["digest", "frozen_at"]
    fields = ["language", "title", "addressee", "lead", "body", "digest", "frozen_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Revision)
class RevisionAdmin(WithinReach, admin.ModelAdmin):
    list_display = ["statement", "number", "original_language", "created_at"]
    list_select_related = ["statement"]
    search_fields = ["statement__slug", "texts__title"]
    inlines = [RevisionTextInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Revision | None = None) -> list[str]:
        return ["statement", "number", "original_language"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Statement)
class StatementAdmin(WithinReach, admin.ModelAdmin):
    list_display = ["slug", "state", "addressee", "opens", "closes"]
    list_filter = ["state", ("campaign", ReachedFilter)]
    search_fields = ["slug", "addressee", "revisions__texts__title"]
    autocomplete_fields = ["campaign"]

    def get_readonly_fields(self, request: HttpRequest, obj: Statement | None = None) -> list[str]:
        # Its state moves at the desk alone, into the ledger; once it has left the desk, its moments do too, for those
        # who wait for them are told.
        fixed = ["state"]
        if obj and obj.state != Statement.State.DRAFT:
            fixed += ["opens_at", "closes_at", "zone", "embargo_until"]
        # Who may not verify may not let the statement do it.
        return fixed if request.user.has_perm("signon.verify_signon") else [*fixed, "accepts_on_strong_evidence"]

    def save_model(self, request: HttpRequest, obj: Statement, form: Any, change: bool) -> None:
        # Not the whole row: beat may have moved its state since it was read.
        obj.save(update_fields=form.changed_data if change else None)

    @admin.display(description=_("opens"), ordering="opens_at")
    def opens(self, statement: Statement) -> str:
        return moment(statement.opens_at, statement.zone) or "–"

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, statement: Statement) -> str:
        return moment(statement.closes_at, statement.zone) or "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
