"""For signon.letters.draft alone: a draft's letter comes in, its PDF goes out."""

from __future__ import annotations

import pickle
import sys
import time
from typing import Any

from django.core.management.base import CommandError

from signon.letters import pdf
from signon.management.one_line import OneLineCommand


class Command(OneLineCommand):
    help = "Print the draft of a letter that the desk hands over (for the desk itself)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        # Our own process wrote it: nothing from outside is read this way.
        try:
            written = pickle.load(sys.stdin.buffer)  # noqa: S301
        except Exception as error:  # whatever else comes in
            raise CommandError("What came in is no draft: the desk runs this command itself.", returncode=2) from error
        sys.stdout.buffer.write(pdf.write(written, int(time.time())).file)
