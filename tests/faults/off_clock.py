"""A process on a machine whose clock is wrong: `python -m tests.faults.off_clock HOURS MODULE ARGUMENT…`."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

if __name__ == "__main__":
    hours, module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=float(hours)), tick=True):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
