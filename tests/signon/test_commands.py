"""What the commands have in common, and those without a file of their own."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from signon.models import User

pytestmark = pytest.mark.django_db


def run(*arguments):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [
        ["export_signatories"],
        ["export_signatories", "x", "--state", "lost"],
        ["make_staff", "a@b.example", "queen"],
        ["import_signatories", "x"],
        ["verify_ledger", "x", "y"],
    ],
)
def test_wrong_arguments_are_answered_with_one_line_and_exit_2(arguments):
    done = run(*arguments)
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (2, 1, "")


def test_make_staff_gives_one_role_and_says_which_it_took(capsys):
    call_command("make_staff", "first@network.example", "administrator")
    call_command("make_staff", "asha@network.example", "exporter")
    call_command("make_staff", "Asha@network.example", "verifier")
    assert capsys.readouterr().out.splitlines()[-1] == "asha@network.example is verifier, and exporter no more."
    user = User.objects.get(email="asha@network.example")
    assert user.has_perm("signon.verify_signon")
    assert not user.has_perm("signon.export_signon")


def test_the_last_administrator_stays_one():
    call_command("make_staff", "first@network.example", "administrator")
    with pytest.raises(CommandError, match="last administrator") as caught:
        call_command("make_staff", "first@network.example", "verifier")
    assert caught.value.returncode == 2


def test_make_staff_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("make_staff", "nobody", "verifier")
