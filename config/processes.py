"""Processes and kernel locks on the developer's machine: find, wait, end, hold."""

import contextlib
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any


def working_in(program: str, directory: Path) -> list[Any]:
    """This program's processes (psutil) whose working directory this is: both servers never leave theirs."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            alive = process.name() == program and process.status() != psutil.STATUS_ZOMBIE
            if alive and process.cwd().removesuffix(" (deleted)") == str(directory):
                found.append(process)
    return found


def end(processes: list[Any], first: int, seconds: float = 10) -> None:
    """Send the signal, later SIGKILL to those still there; returns when all are gone."""
    import psutil

    def gone() -> bool:
        return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)

    for number in (first, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        with contextlib.suppress(psutil.NoSuchProcess):
            if wait(gone, seconds):
                return


def wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not (reached := condition()) and time.monotonic() < end:
        time.sleep(0.03)
    return reached


def try_lock(file: IO[str]) -> bool:
    """Take the kernel's lock if no other process has it. It ends with the process or the open file."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock, and hold it inside the block."""
    with path.open("a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold SIGINT, SIGTERM and SIGHUP back until the block has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda arriving, _: arrived.append(arriving)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for arrival in arrived[:1]:
            os.kill(os.getpid(), arrival)
