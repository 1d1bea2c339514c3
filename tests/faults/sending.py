"""A worker's work without Celery, so that it begins within a second and can be killed every second.

`python -m tests.faults.sending`, or with `compose` as its argument.
"""

import sys
import time

import django


def main(work: str) -> None:
    """Send what is due, or compose what mailings owe, until killed."""
    django.setup()
    from signon.mail import dispatching, mailings

    while True:
        more = mailings.advance() if work == "compose" else dispatching.deliver_due("transactional")
        if not more:
            time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "send")
