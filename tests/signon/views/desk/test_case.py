"""What a case's page tells of what happened to its sign-on."""

import html

import pytest

from signon import signing, verifying
from signon.casework import merging
from signon.questions import answering
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def shown(client, sign_on):
    """The page's words as a reader has them, spaces as one."""
    page = client.get(f"/desk/sign-ons/{sign_on.pk}/").content.decode()
    return " ".join(html.unescape(page).split())


def test_a_refusal_stands_on_its_case_with_its_reason_and_its_words(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    verifying.decline(sign_on, by=UserFactory(name="Wanjiru"), refusal="not_found", reason="No trace of it anywhere.")
    page = shown(client, sign_on)
    assert "The organization could not be found" in page
    assert "No trace of it anywhere." in page
    assert "Declined · <bdi>Wanjiru</bdi>" in page


def test_why_it_was_accepted_and_why_it_was_taken_back_stand_on_the_case(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    verifying.accept(sign_on, by=UserFactory(), reason="We met them in Nairobi.")
    assert "We met them in Nairobi." in shown(client, sign_on)
    verifying.reopen(sign_on, by=UserFactory(), reason="It was another one.")
    assert "It was another one." in shown(client, sign_on)


def test_a_withdrawal_is_its_signer_s_with_its_own_moment_and_reason(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    verifying.accept(sign_on, by=UserFactory(name="Wanjiru"))
    signing.withdraw(sign_on, reason="Our board disagrees.")
    page = shown(client, sign_on)
    assert "Withdrawn by the signer, " in page
    assert "Wanjiru," not in page
    assert "Our board disagrees." in page


def test_what_people_wrote_about_a_case_is_for_verifiers_and_auditors(client, staff):
    staff("exporter")
    sign_on = SignOnFactory(confirmed=True)
    verifying.decline(sign_on, by=UserFactory(), reason="No trace of it anywhere.")
    assert "No trace" not in shown(client, sign_on)
    staff("auditor")
    assert "No trace" in shown(client, sign_on)


def test_an_answer_stands_under_its_question(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    verifying.ask(sign_on, by=UserFactory(), words="Are you of the other one?")
    answering.answer(sign_on, words="No, we are two.")
    page = shown(client, sign_on)
    assert page.index("Are you of the other one?") < page.index("No, we are two.")
    assert page.count("No, we are two.") == 1


def test_a_sign_on_that_a_merge_put_behind_another_says_so_and_leads_there(client, staff):
    staff("verifier")
    statement = StatementFactory()
    first, later = (accepted(organization_name=name, statement=statement) for name in ("Red Mundial", "World Network"))
    merging.merge(first.organization, later.organization, by=UserFactory())
    page = shown(client, later)
    assert "Neither listed nor counted" in page
    assert f'href="/desk/sign-ons/{first.pk}/"' in page
    assert "By name" not in page
    assert "stands twice; the earlier one counts" in " ".join(
        client.get("/desk/sign-ons/?part=decided").content.decode().split()
    )


def test_a_decision_s_undo_stands_in_the_same_strip_as_what_it_undoes(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    answer = client.post(f"/desk/sign-ons/{sign_on.pk}/decline/", {"refusal": "not_found", "reason": ""}, follow=True)
    # A browser ends a paragraph where a form begins.
    strip = answer.content.decode().split('<div class="told-success">')[1].split("<form")[0]
    assert "<p" not in strip
