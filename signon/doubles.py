"""Where one organization stands twice on a statement, since its two entries were merged: one counts, the other waits.

The later sign-on (the larger id) points to the earlier: it is neither listed nor counted, and takes the earlier one's
place when that leaves.
"""

from __future__ import annotations

from signon.models import Counter, SignOn


def leaves(sign_on: SignOn, *, stood_for: SignOn | None) -> None:
    """An accepted sign-on left the list, in the caller's transaction, as its last act; counts follow.

    `stood_for` is what its `same_as` was while it was accepted. The next of its doubles takes its place.
    """
    if stood_for is not None:
        return  # it was counted nowhere
    doubles = list(sign_on.doubles.select_for_update(of=["self"], no_key=True).order_by("pk"))
    if doubles:
        promote(doubles)
        Counter.objects.join(doubles[0])
    Counter.objects.leave(sign_on)


def promote(doubles: list[SignOn]) -> None:
    """The first stands for itself from now on, and the others point to it; counting it is the caller's."""
    first, *others = doubles
    SignOn.objects.filter(pk=first.pk).update(same_as=None)
    SignOn.objects.filter(pk__in=[each.pk for each in others]).update(same_as=first)
    first.same_as = None
