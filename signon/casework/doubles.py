"""Where one organization stands twice on a statement, since its two entries were merged: one counts, the other waits.

The later sign-on (the larger id) points to the earlier: it is neither listed nor counted, and takes the earlier one's
place when that leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from signon.models import Counter, SignOn
from signon.models.counter import place_of
from signon.programs import announcing


@dataclass
class Change:
    """Who is to be counted from now on, and who no more."""

    joining: list[SignOn] = field(default_factory=list)
    leaving: list[SignOn] = field(default_factory=list)

    def __iadd__(self, other: Change) -> Change:
        self.joining += other.joining
        self.leaving += other.leaving
        return self

    def count(self) -> None:
        """Announce it, and write it into the counters: the last UPDATEs of the transaction, in one order of places."""
        announcing.announce(announcing.WITHDRAWN, *self.leaving)
        announcing.announce(announcing.ACCEPTED, *self.joining)
        both: defaultdict[tuple[object, ...], tuple[list[SignOn], list[SignOn]]] = defaultdict(lambda: ([], []))
        for which, sign_ons in enumerate((self.joining, self.leaving)):
            for each in sign_ons:
                both[each.statement_id, *place_of(each), each.is_individual][which].append(each)
        for _place, (joining, leaving) in sorted(both.items()):
            same = min(len(joining), len(leaving))
            Counter.objects.join(*joining[same:])
            Counter.objects.leave(*leaving[same:])


def leaves(sign_on: SignOn, *, stood_for: SignOn | None) -> None:
    """An accepted sign-on left the list, in the caller's transaction, as its last act; counts follow.

    `stood_for` is what its `same_as` was while it was accepted. The next of its doubles takes its place.
    """
    left(sign_on, stood_for=stood_for).count()


def left(sign_on: SignOn, *, stood_for: SignOn | None) -> Change:
    """The same without counting, for a caller who has more to count."""
    if stood_for is not None:
        return Change()  # it was counted nowhere
    change = settle(sign_on.doubles.select_for_update(of=["self"], no_key=True).order_by("pk"))
    change.leaving.append(sign_on)
    return change


def settle(sign_ons: Iterable[SignOn]) -> Change:
    """Let the earliest stand on each statement, and the others point to it.

    `sign_ons` are one organization's accepted ones, all it has on their statements, locked by the caller.
    """
    by_statement: defaultdict[int, list[SignOn]] = defaultdict(list)
    for sign_on in sorted(sign_ons, key=lambda each: each.pk):
        by_statement[sign_on.statement_id].append(sign_on)
    change = Change()
    for first, *others in by_statement.values():
        # First those who give way: at no moment may two stand.
        wrong = [each for each in others if each.same_as_id != first.pk]
        SignOn.objects.filter(pk__in=[each.pk for each in wrong]).update(same_as=first)
        change.leaving += [each for each in wrong if each.same_as_id is None]
        if first.same_as_id is not None:
            SignOn.objects.filter(pk=first.pk).update(same_as=None)
            first.same_as = None
            change.joining.append(first)
    return change
