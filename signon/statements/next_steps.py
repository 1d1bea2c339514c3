"""What an organizer may do next with a statement, and what that will do, in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.statements import lacking, readiness

State = Statement.State


@dataclass(frozen=True)
class Step:
    """Something that can be done now: a page (`url`), or a button that posts there. `does` says what will happen."""

    code: str
    label: str
    does: str
    url: str
    posts: bool = True
    # Cannot simply be taken back: it is asked for twice, and this is what the second button says.
    asks: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a statement stands: what is to be there before it opens, the one next step, and what else may be done."""

    checks: list[readiness.Check]
    next: Step | None
    others: list[Step]
    # What would be good to have before, and bars nothing.
    advice: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How much is missing before it may open."""
        return sum(not check.is_done for check in self.checks)


def standing(statement: Statement) -> Standing:
    """What the statement's page at the desk shows; a fixed number of queries."""
    phase = statement.phase()
    if phase == "draft":
        return _before_opening(statement)
    if phase in ("open", "before"):
        return Standing([], None, [_deadline(statement), _close(statement), _withdraw(statement)])
    if phase == "closed":
        others = [_late(statement), _deadline(statement), _withdraw(statement)]
        return Standing([], _deliver(statement), others)
    if phase == "delivered":
        return Standing([], _record_the_answer(statement), [_withdraw(statement)])
    return Standing([], None, [] if phase == "withdrawn" else [_withdraw(statement)])


def _before_opening(statement: Statement) -> Standing:
    checks = readiness.checks(statement)
    is_ready = all(check.is_done for check in checks)
    scheduled = statement.opens_by_itself
    ahead = statement.opens_at is not None and statement.opens_at > timezone.now()
    others: list[Step] = []
    if is_ready and scheduled:
        others.append(_unschedule(statement))
    if is_ready and ahead and not scheduled:
        others.append(_schedule(statement))
    if statement.state == State.CIRCULATING:
        others.append(_put_back(statement))
    elif checks[0].is_done:  # without a text there is nothing to read
        others.append(_circulate(statement))
    first = next((check for check in checks if not check.is_done), None)
    following = _mend(statement, first) if first else _open(statement)
    return Standing(checks, following, others, readiness.advice(statement))


def _mend(statement: Statement, check: readiness.Check) -> Step:
    """What makes up for something that is missing."""
    label = {
        "text": _("Write the text"),
        "addressee": _("Say to whom it speaks"),
        "deadline": _("Set the deadline"),
        "consent": _("Read what signers agree to"),
        "mails": _("Look at the mails"),
        "test": _("Make a test sign-on"),
    }[check.code]
    return Step(check.code, label, check.why, lacking.mending_url(statement, check.code), posts=False)


def _act(statement: Statement, code: str) -> str:
    return reverse("desk-statement-move", args=[statement.slug, code])


def _open(statement: Statement) -> Step:
    if statement.is_under_embargo():
        does = _("Personal links take sign-ons from now on. Nothing is public before the embargo ends.")
    else:
        does = _(
            "The page is public from now on, and takes sign-ons until the deadline. The text that is signed stays."
        )
    return Step("open", _("Open it now"), does, _act(statement, "open"), asks=_("Yes, open it"))


def _schedule(statement: Statement) -> Step:
    does = _("You need not be there. Until then you can still call it off.")
    return Step("schedule", _("Let it open by itself at its moment"), does, _act(statement, "schedule"))


def _unschedule(statement: Statement) -> Step:
    does = _("It stays as it is until somebody opens it.")
    return Step("unschedule", _("Do not open it by itself"), does, _act(statement, "unschedule"))


def _circulate(statement: Statement) -> Step:
    does = _("Conveners read, comment and sign first, by their private links. Nothing is public.")
    return Step("circulate", _("Circulate it among the conveners"), does, _act(statement, "circulate"))


def _put_back(statement: Statement) -> Step:
    does = _("The conveners’ links show nothing until it circulates again. What was signed stays.")
    return Step("put-back", _("Take it back to be a draft"), does, _act(statement, "put-back"))


def _close(statement: Statement) -> Step:
    does = _("This moment becomes the deadline. Who signed before it may still confirm for a while.")
    return Step("close", _("Close it now"), does, _act(statement, "close"), asks=_("Yes, close it"))


def _withdraw(statement: Statement) -> Step:
    does = _("Its page says only that it was withdrawn; text and names are gone from it. There is no way back.")
    return Step(
        "withdraw", _("Withdraw it from publication"), does, _act(statement, "withdraw"), asks=_("Yes, withdraw it")
    )


def _deadline(statement: Statement) -> Step:
    url = reverse("desk-statement-deadline", args=[statement.slug])
    if statement.phase() == "closed":
        does = _("Say until when. Who waits for the deadline is told.")
        return Step("deadline", _("Open it again"), does, url, posts=False)
    does = _("Earlier or later. Who has not confirmed, or was invited and has not answered, is told.")
    return Step("deadline", _("Move the deadline"), does, url, posts=False)


def _late(statement: Statement) -> Step:
    url = reverse("desk-late-links", args=[statement.slug])
    does = _("A personal link, good until delivery. For everybody else it stays closed.")
    return Step("late", _("Let one organization sign late"), does, url, posts=False)


def _record_the_answer(statement: Statement) -> Step:
    url = reverse("desk-delivery", args=[statement.slug])
    does = _("Once the addressee has answered, publish what they said. There you thank those who signed, too.")
    return Step("answer", _("Record the answer"), does, url, posts=False)


def _deliver(statement: Statement) -> Step:
    url = reverse("desk-statement-letters", args=[statement.slug])
    does = _("Make the letter with everybody’s names, hand it over, and record that.")
    return Step("deliver", _("Make the letter"), does, url, posts=False)
