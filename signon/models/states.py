from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models


class WithStates(models.Model):
    """A row whose state follows a table: `MAY_BECOME` says which may follow which."""

    MAY_BECOME: ClassVar[dict[str, set[str]]]
    state: str | models.CharField[str, str]

    class Meta:
        abstract = True

    @property
    def may_become(self) -> set[str]:
        """The states that may follow the one it has now."""
        return self.MAY_BECOME[str(self.state)]

    def move(self, to: str, **fields: object) -> bool:
        """Take this row to another state, if the table allows it from the state it has now.

        One guarded UPDATE: of two people or workers who try at once, one gets True. The instance is
        refreshed when it moved.
        """
        return self.move_from({state for state, following in self.MAY_BECOME.items() if to in following}, to, **fields)

    def move_from(self, states: Collection[str], to: str, **fields: object) -> bool:
        """The same, from fewer states than the table allows."""
        allowed = [state for state in states if to in self.MAY_BECOME[state]]
        rows: Any = type(self)._default_manager.filter(pk=self.pk)
        moved = rows.filter(state__in=allowed).update(state=to, **fields)
        if moved:
            self.refresh_from_db()
        return bool(moved)
