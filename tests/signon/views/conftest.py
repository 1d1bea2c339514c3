import pytest

from signon.people import roles
from tests.factories import UserFactory


@pytest.fixture
def staff(client):
    """Log a member of staff with a role in, and give the account."""

    def logged_in(role):
        user = UserFactory()
        roles.give(user, role)
        client.force_login(user)
        return user

    return logged_in
