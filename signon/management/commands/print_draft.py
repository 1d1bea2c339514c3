"""For signon.letters.draft alone: a draft's letter comes in, its PDF goes out."""

from __future__ import annotations

import pickle
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from signon.letters import pdf


class Command(BaseCommand):
    help = "Print the draft of a letter that the desk hands over (for the desk itself)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        # Our own process wrote it: nothing from outside is read this way.
        written = pickle.load(sys.stdin.buffer)  # noqa: S301
        sys.stdout.buffer.write(pdf.write(written, int(time.time())).file)
