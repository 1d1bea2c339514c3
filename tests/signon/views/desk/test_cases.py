from datetime import timedelta

import pytest
from django.utils import timezone

from signon import mailing, verifying
from signon.casework import desk, evidence
from signon.models import Case, Membership, Merge, Message, SignOn
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db

QUEUE = "/desk/sign-ons/"


def act(client, sign_on, name, **data):
    return client.post(f"{QUEUE}{sign_on.pk}/{name}/", data, follow=True)


def told(page):
    return [str(message) for message in page.context["messages"]]


def state(sign_on):
    sign_on.refresh_from_db()
    return sign_on.state


PAGES = [
    "/desk/", "/desk/me/", QUEUE, "/desk/rules/", "/desk/mail/", "/desk/mail/kinds/", "/desk/organizations/",
    "/desk/mailings/", "/desk/mailings/new/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_asked_to_sign_in_and_staff_without_the_right_are_refused(client, staff, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")
    staff("editor")
    if path not in ("/desk/", "/desk/me/"):
        assert client.get(path).status_code == 403


def test_an_editor_comes_from_the_desk_to_the_statements_that_they_write(client, staff):
    staff("editor")
    statement = StatementFactory()
    page = client.get("/desk/", follow=True)
    assert page.redirect_chain == [("/desk/statements/", 302)]
    assert f"/desk/statements/{statement.slug}/text/" in page.content.decode()
    assert client.get("/desk/me/").status_code == 200


@pytest.mark.parametrize("language", ["", "/fr", "/es", "/ar"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_administrator_and_is_kept_by_no_cache(client, staff, path, language):
    staff("administrator")
    SignOnFactory(confirmed=True)
    answer = client.get(language + path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_queue_is_oldest_first_and_filtered_by_statement_country_and_evidence(client, staff):
    staff("verifier")
    first, second = SignOnFactory(confirmed=True, country="KE"), SignOnFactory(confirmed=True, country="MX")
    Case.objects.create(sign_on=second, codes=["free_mail"], findings=[{"code": "free_mail", "facts": {}}])

    def shown(query=""):
        return [sign_on for sign_on, _findings in client.get(QUEUE + query).context["rows"]]

    assert shown() == [first, second]
    assert (
        shown("?country=MX") == shown(f"?statement={second.statement_id}") == shown("?evidence=free_mail") == [second]
    )
    assert shown("?country=ZZZ&statement=x&evidence=none&part=what&after=x") == [first, second]
    options = client.get(QUEUE).context["page"].options
    assert [(code, number) for code, _name, number in options["country"]] == [("KE", 1), ("MX", 1)]
    assert [(code, number) for code, _name, number in options["evidence"]] == [("free_mail", 1)]


def test_a_long_queue_has_pages(client, staff, monkeypatch):
    staff("verifier")
    monkeypatch.setattr(desk, "PAGE", 2)
    made = [SignOnFactory(confirmed=True) for _number in range(5)]
    seen, query = [], "?"
    while query:
        page = client.get(QUEUE + query)
        seen += [sign_on for sign_on, _findings in page.context["rows"]]
        query = page.context["next_url"]
    assert seen == made


def test_accepting_leads_to_the_next_case_of_the_same_choice_and_can_be_undone(client, staff):
    user = staff("verifier")
    here = [SignOnFactory(confirmed=True, country="KE") for _number in range(2)]
    SignOnFactory(confirmed=True, country="MX")
    page = client.post(f"{QUEUE}{here[0].pk}/accept/?country=KE", accept_form(here[0]), follow=True)
    assert page.redirect_chain[-1][0] == f"{QUEUE}{here[1].pk}/?country=KE"
    assert (state(here[0]), here[0].decided_by) == ("accepted", user)
    assert f'action="{QUEUE}{here[0].pk}/reopen/"' in page.content.decode()
    act(client, here[0], "reopen", reason="")
    assert state(here[0]) == "confirmed"


TOLD_THAT_IT_STANDS = "Left as they were: Third World Network (Third World Network stands on the list already)."


def accept_form(sign_on, **more):
    return {"listed_name": sign_on.listed_name, "organization": "new", "reason": ""} | more


def test_the_last_case_leads_back_to_the_queue(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    page = act(client, sign_on, "accept", **accept_form(sign_on))
    assert page.redirect_chain[-1][0] == QUEUE


def test_accepting_with_a_correction_lists_the_corrected_name(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True, organization_name="third world network")
    act(client, sign_on, "accept", **accept_form(sign_on, listed_name="Third World Network (TWN)"))
    sign_on.refresh_from_db()
    assert (sign_on.listed_name, sign_on.organization.acronym) == ("Third World Network (TWN)", "TWN")


def waiting_beside(name, other, **fields):
    """A sign-on that waits beside an entry of the directory, with its evidence; and the entry."""
    entry = accepted(organization_name=other).organization
    sign_on = SignOnFactory(confirmed=True, organization_name=name, **fields)
    Case.objects.create(sign_on=sign_on)
    evidence.gather_due()
    return sign_on, entry


def test_what_is_perhaps_in_the_directory_is_not_entered_a_second_time_without_a_choice(client, staff):
    staff("verifier")
    sign_on, entry = waiting_beside("Third World Networks", "Third World Network")
    form = client.get(f"{QUEUE}{sign_on.pk}/").context["forms"]["accept"]
    assert (form["organization"].value(), form.is_open) == (None, True)
    page = act(client, sign_on, "accept", listed_name="Third World Networks of us", reason="Met in Nairobi.")
    assert (page.status_code, page.context["open_form"], state(sign_on)) == (422, "accept", "confirmed")
    page = page.content.decode()
    for kept in ("This looks like an organization of the directory: choose.", "Networks of us", "Met in Nairobi."):
        assert kept in page
    act(client, sign_on, "accept", **accept_form(sign_on, organization=str(entry.pk)))
    sign_on.refresh_from_db()
    assert sign_on.organization == entry


def test_many_at_once_leave_what_is_perhaps_in_the_directory_as_it_is(client, staff):
    staff("verifier")
    sign_on, _entry = waiting_beside("Third World Networks", "Third World Network")
    page = client.get(f"{QUEUE}decide/accept/", {"chosen": [sign_on.pk]})
    assert "looks like Third World Network: open it and choose" in page.content.decode()
    page = client.post(f"{QUEUE}decide/accept/", {"chosen": [sign_on.pk], "reason": ""}, follow=True)
    assert told(page) == [
        "Left as they were: Third World Networks (looks like Third World Network: open it and choose)."
    ]
    assert state(sign_on) == "confirmed"


def test_of_two_alike_that_are_accepted_at_once_the_second_waits_for_a_person(client, staff):
    staff("verifier")
    first, second = (
        SignOnFactory(confirmed=True, organization_name=f"Third World {name}") for name in ("Network", "Networks")
    )
    client.post(f"{QUEUE}decide/accept/", {"chosen": [first.pk, second.pk], "reason": ""})
    assert (state(first), state(second)) == ("accepted", "confirmed")


def test_what_has_a_warning_is_not_ticked_when_many_are_accepted(client, staff):
    staff("verifier")
    good, bad = SignOnFactory(confirmed=True), SignOnFactory(confirmed=True, email="a@mailinator.com")
    for sign_on in (good, bad):
        Case.objects.create(sign_on=sign_on)
    evidence.gather_due()
    page = client.get(f"{QUEUE}decide/accept/", {"chosen": [good.pk, bad.pk]})
    assert [(row["sign_on"], row["ticked"]) for row in page.context["rows"]] == [(good, True), (bad, False)]
    assert (page.context["number"], page.context["warned"]) == (1, 1)


def test_declining_without_words_where_words_are_needed_keeps_what_was_typed(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    page = act(client, sign_on, "decline", refusal="other", reason="")
    assert (page.status_code, state(sign_on)) == (422, "confirmed")
    assert page.context["open_form"] == "decline"
    act(client, sign_on, "decline", refusal="not_found", reason="")
    assert (state(sign_on), sign_on.refusal, sign_on.messages.get().kind) == ("declined", "not_found", "declined")


def test_who_comes_second_is_told_what_the_first_did(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    verifying.decline(sign_on, by=UserFactory(), reason="No.")
    page = act(client, sign_on, "accept", **accept_form(sign_on))
    assert told(page) == [f"“{sign_on}” was left as it is: Declined."]


def test_what_stands_already_is_named(client, staff):
    staff("verifier")
    standing = accepted(organization_name="Third World Network")
    again = SignOnFactory(confirmed=True, statement=standing.statement, organization_name="Third World Network")
    page = act(client, again, "accept", **accept_form(again, organization=str(standing.organization_id)))
    assert f'already: <a href="{QUEUE}{standing.pk}/">Third World Network</a>.' in page.content.decode()
    assert "decline this one: “The organization has signed already”." in page.content.decode()
    assert state(again) == "confirmed"


def test_the_second_person_at_a_case_sees_who_has_it(client, staff):
    colleague = UserFactory(name="Wanjiru")
    sign_on = SignOnFactory(confirmed=True)
    verifying.take(sign_on, by=colleague)
    staff("verifier")
    page = client.get(f"{QUEUE}{sign_on.pk}/")
    assert page.context["taken_by"] == colleague
    assert "Wanjiru has this case open" in page.content.decode()


def test_the_next_case_is_none_that_a_colleague_has_open(client, staff):
    staff("verifier")
    first, taken, third = (SignOnFactory(confirmed=True) for _number in range(3))
    verifying.take(taken, by=UserFactory())
    page = act(client, first, "accept", **accept_form(first))
    assert page.redirect_chain[-1][0] == f"{QUEUE}{third.pk}/"


def test_a_question_goes_to_the_representative_and_the_answer_comes_back_as_a_note(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    act(client, sign_on, "ask", words="Who are you?")
    assert client.get(f"{QUEUE}?part=asked").context["page"].sign_ons == [sign_on]
    assert client.get(QUEUE).context["page"].sign_ons == []
    from signon import tokens

    link = f"/sign-ons/answer/{tokens.make(sign_on, tokens.ANSWER)}/"
    client.logout()
    assert "Who are you?" in client.get(link).content.decode()
    assert sign_on.questions.get().answered_at is None
    assert client.post(link, {"words": ""}).status_code == 422
    assert "Thank you" in client.post(link, {"words": "A network of farmers."}).content.decode()
    assert "There is no open question" in client.get(link).content.decode()
    staff("verifier")
    page = client.get(f"{QUEUE}{sign_on.pk}/").content.decode()
    assert "A network of farmers." in page
    assert "The representative’s answer" in page


@pytest.mark.parametrize("role", ["editor", "exporter", "auditor"])
@pytest.mark.parametrize("name", ["accept", "decline", "note", "ask", "assign", "tell-apart"])
def test_only_verifiers_act(client, staff, role, name):
    staff(role)
    sign_on = SignOnFactory(confirmed=True)
    assert act(client, sign_on, name, **accept_form(sign_on)).status_code == 403
    assert state(sign_on) == "confirmed"


def test_notes_and_assignment_stand_beside_the_case(client, staff):
    user, sign_on = staff("verifier"), SignOnFactory(confirmed=True)
    act(client, sign_on, "note", words="Ask Wanjiru.")
    act(client, sign_on, "assign", to=user.pk)
    page = client.get(f"{QUEUE}{sign_on.pk}/").content.decode()
    assert "Ask Wanjiru." in page
    assert client.get(f"{QUEUE}?mine=1").context["page"].sign_ons == [sign_on]


def test_many_at_once_have_a_preview_that_says_what_becomes_of_each(client, staff):
    staff("verifier")
    standing = accepted(organization_name="Third World Network")
    again = SignOnFactory(confirmed=True, statement=standing.statement, organization_name="Third World Network")
    good = [SignOnFactory(confirmed=True) for _number in range(2)]
    chosen = [again.pk, *(sign_on.pk for sign_on in good)]
    page = client.get(f"{QUEUE}decide/accept/", {"chosen": chosen})
    assert page.context["number"] == 2
    assert "stays as it is: Third World Network stands on the list already" in " ".join(page.content.decode().split())
    assert state(good[0]) == "confirmed"
    page = client.post(f"{QUEUE}decide/accept/", {"chosen": chosen, "reason": ""}, follow=True)
    assert told(page) == ["2 sign-ons accepted.", TOLD_THAT_IT_STANDS]
    assert [state(sign_on) for sign_on in good] == ["accepted", "accepted"]


@pytest.mark.parametrize("chosen", ["", "0", "²", "x", "9" * 30])
def test_choosing_nothing_leads_back_with_a_word(client, staff, chosen):
    staff("verifier")
    page = client.get(f"{QUEUE}decide/accept/?chosen={chosen}", follow=True)
    assert told(page) == ["Nothing was chosen."]


def test_a_bounced_verification_shows_at_the_desk_beside_its_sign_on(client, staff):
    staff("verifier")
    sign_on = SignOnFactory()
    message = mailing.compose("verification", key="k", sign_on=sign_on)
    mailing.note(Message.objects.filter(pk=message.pk), "bounced", "550 5.1.1 No such user")
    assert client.get(f"{QUEUE}?part=returned").context["page"].sign_ons == [sign_on]
    assert "550 5.1.1 No such user" in client.get(f"{QUEUE}{sign_on.pk}/").content.decode()


def test_what_is_on_its_way_is_listed_with_when_and_why(client, staff):
    staff("verifier")
    first, second, dead = (mailing.compose("verification", key=str(key), sign_on=SignOnFactory()) for key in range(3))
    mailing.note(Message.objects.filter(pk=second.pk), "retrying", "451 Later")
    mailing.note(Message.objects.filter(pk=dead.pk), "dead", "554 No")
    page = client.get("/desk/mail/")
    assert list(page.context["on_its_way"]) == [first, second]
    assert "451 Later" in page.content.decode()


def test_a_case_that_came_this_minute_came_just_now(client, staff):
    staff("verifier")
    SignOnFactory(confirmed=True)
    assert "came just now" in client.get(QUEUE).content.decode()
    SignOn.objects.update(confirmed_at=timezone.now() - timedelta(hours=2, minutes=1))
    assert "waits for 2\xa0hours, 1\xa0minute" in client.get(QUEUE).content.decode()


def test_the_list_s_keys_are_those_that_do_something_there(client, staff):
    staff("verifier")
    case = SignOnFactory(confirmed=True)
    in_list, on_case = (client.get(page).content.decode() for page in (QUEUE, f"{QUEUE}{case.pk}/"))
    for key, of_list, of_case in [("x", True, False), ("a", False, True), ("n", False, True), ("u", True, True)]:
        shown = f"<dt><kbd>{key}</kbd></dt>"
        assert (shown in in_list, shown in on_case) == (of_list, of_case), key


def test_a_country_is_named_and_not_coded(client, staff):
    manager = staff("campaign_manager")
    sign_on, entry = waiting_beside("Third World Networks", "Third World Network")
    Membership.objects.create(user=manager, campaign=sign_on.statement.campaign)
    assert "Kenya" in client.get("/desk/organizations/").content.decode()
    assert "Kenya" in client.get(f"/desk/organizations/{entry.pk}/").content.decode()
    page = client.get(f"{QUEUE}{sign_on.pk}/").context
    assert [each["place"] for each in page["alike"]] == ["Kenya"]
    assert (
        "Third World Network · Kenya · verified"
        in dict(page["forms"]["accept"].fields["organization"].choices).values()
    )


def test_dead_messages_can_be_tried_again_or_noted_as_tried_by_hand(client, staff):
    staff("verifier")
    first, second = (mailing.compose("verification", key=str(key), sign_on=SignOnFactory()) for key in range(2))
    mailing.note(Message.objects.all(), "dead", "554 No")
    page = client.get("/desk/mail/")
    assert set(page.context["dead"]) == {first, second}
    client.post(f"/desk/mail/messages/{first.pk}/again/")
    client.post(f"/desk/mail/messages/{second.pk}/by-hand/")
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["queued", "canceled"]
    assert client.post(f"/desk/mail/messages/{second.pk}/again/", follow=True).status_code == 200
    assert Message.objects.get(pk=second.pk).state == "canceled"
    assert client.get(f"/desk/mail/messages/{first.pk}/again/").status_code == 405


def test_a_stopped_lane_is_told_on_every_page_and_can_be_released(client, staff):
    from signon.mail import lanes

    staff("verifier")
    lanes.stop("transactional", "535 Bad login")
    assert "535 Bad login" in client.get("/desk/").content.decode()
    client.post("/desk/mail/lanes/transactional/release/")
    assert lanes.held()[0].rests_until is None


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_staff_see_every_kind_of_mail_with_made_up_data(client, staff, language):
    staff("verifier")
    listed = client.get(f"/desk/mail/kinds/?language={language}")
    for kind, _subject in listed.context["kinds"]:
        assert client.get(f"/desk/mail/kinds/{kind}/?language={language}").status_code == 200
        frame = client.get(f"/desk/mail/kinds/{kind}/html/?language={language}")
        assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert client.get("/desk/mail/kinds/what/").status_code == 404


def test_two_entries_are_merged_at_the_desk_and_the_merge_is_undone(client, staff):
    staff("campaign_manager")
    statement = StatementFactory()
    kept = accepted(organization_name="Third World Network", statement=statement).organization
    merged = accepted(organization_name="Tercera Red Mundial", statement=statement).organization
    page = client.get(f"/desk/organizations/{kept.pk}/merge/{merged.pk}/")
    assert len(page.context["effect"].pairs) == 1
    assert Merge.objects.count() == 0
    client.post(f"/desk/organizations/{kept.pk}/merge/{merged.pk}/", {"act": "merge"})
    assert SignOn.objects.public().count() == 1
    assert "Tercera Red Mundial" in client.get(f"/desk/organizations/{kept.pk}/").content.decode()
    client.post(f"/desk/merges/{Merge.objects.get().pk}/undo/")
    assert SignOn.objects.public().count() == 2
    client.post(f"/desk/organizations/{kept.pk}/merge/{merged.pk}/", {"act": "tell-apart"})
    page = client.get(f"/desk/organizations/{kept.pk}/merge/{merged.pk}/", follow=True)
    assert told(page)[-1] == "Staff said that these are two organizations."


def test_two_that_were_told_apart_are_not_offered_until_it_is_undone(client, staff):
    staff("campaign_manager")
    one = accepted(organization_name="Third World Network").organization
    other = accepted(organization_name="Third World Networks").organization
    page, address = f"/desk/organizations/{one.pk}/", f"/desk/organizations/{one.pk}/merge/{other.pk}/"

    def offered():
        return [candidate.organization for candidate, *_words in client.get(page).context["alike"]]

    assert offered() == [other]
    client.post(address, {"act": "tell-apart"})
    assert (offered(), client.get(page).context["apart"]) == ([], [other])
    client.post(address, {"act": "tell-apart-no-more"})
    assert (offered(), client.get(page).context["apart"]) == ([other], [])


def test_what_was_told_apart_is_not_offered_on_the_decided_case_either(client, staff):
    user = staff("verifier")
    entry = accepted(organization_name="Third World Network").organization
    sign_on = SignOnFactory(confirmed=True, organization_name="Third World Networks")
    Case.objects.create(sign_on=sign_on)
    evidence.gather_due()
    page = f"{QUEUE}{sign_on.pk}/"
    assert [each["organization"] for each in client.get(page).context["alike"]] == [entry]
    verifying.tell_apart(sign_on, by=user, organization=entry)
    verifying.accept(sign_on, by=user)
    assert client.get(page).context["alike"] == []
    assert [each.organization for each in client.get(page).context["apart"]] == [entry]


def test_a_verifier_may_not_merge(client, staff):
    staff("verifier")
    kept, merged = (accepted().organization for _number in range(2))
    assert client.get(f"/desk/organizations/{kept.pk}/merge/{merged.pk}/").status_code == 403


def mailing_form(statement, **more):
    fields = {"statement": statement.pk, "kind": "update", "sign_on_states": ["accepted"], "only_with_consent": "on"}
    texts = {f"{code}-{name}": "" for code in ("en", "fr", "es", "ar") for name in ("subject", "body")}
    return fields | texts | more


def test_without_words_there_is_neither_a_test_nor_a_button_to_send(client, staff):
    user, statement = staff("campaign_manager"), StatementFactory()
    Membership.objects.create(user=user, campaign=statement.campaign)
    accepted(statement=statement, consent_updates=True)
    page = client.post("/desk/mailings/new/", mailing_form(statement), follow=True)
    address = page.redirect_chain[-1][0]
    shown = page.content.decode()
    assert (f"{address}start/" in shown, f"{address}test/" in shown) == (False, False)
    refused = "It has no words yet: each language needs a subject and a text."
    assert refused in shown
    assert told(client.post(f"{address}test/", follow=True)) == [refused]
    assert told(client.post(f"{address}start/", {"recipients": "1"}, follow=True)) == [refused]
    assert told(client.post(f"{address}pause/", follow=True)) == ["It was left as it is: Draft."]
    assert not Message.objects.filter(kind="update").exists()


def test_a_mailing_is_written_looked_at_tested_and_sent_once(client, staff):
    user = staff("campaign_manager")
    statement = StatementFactory()
    Membership.objects.create(user=user, campaign=statement.campaign)
    for language in ("en", "en", "fr"):
        accepted(statement=statement, consent_updates=True, language=language)
    accepted(statement=statement)
    page = client.post("/desk/mailings/new/", mailing_form(statement, **{"en-body": "Words."}))
    assert page.status_code == 422
    words = {"en-subject": "News", "en-body": "We **met**."}
    page = client.post("/desk/mailings/new/", mailing_form(statement, **words), follow=True)
    address = page.redirect_chain[-1][0]
    assert page.context["recipients"] == 3
    assert page.context["by_language"] == [("English", 2, True), ("French", 1, False)]
    assert "<strong>met</strong>" in client.get(f"{address}preview/?language=fr").content.decode()
    client.post(f"{address}test/")
    assert Message.objects.get(kind="update").to_address == user.email
    for seen in ({"recipients": "2"}, {"recipients": "three"}, {"recipients": ""}, {}):
        client.post(f"{address}start/", seen)
        assert client.get(address).context["is_draft"]
    client.post(f"{address}start/", {"recipients": "3"})
    from signon.mail import mailings

    assert mailings.advance()
    assert Message.objects.filter(kind="update", user=None).count() == 3
    client.post(f"{address}start/", {"recipients": "3"})
    page = client.get(address)
    assert (page.context["progress"].waiting, page.context["mailing"].state) == (3, "sending")
    assert client.get(f"{address}write/").status_code == 302


def test_what_a_rule_accepted_is_shown_and_taken_back_in_one_act(client, staff):
    from signon.models import User

    staff("verifier")
    sign_on = accepted()
    SignOn.objects.filter(pk=sign_on.pk).update(decided_by=User.objects.rule())
    type(sign_on.statement).objects.update(accepts_on_strong_evidence=True)
    assert sign_on.listed_name in client.get("/desk/rules/").content.decode()
    page = client.post(f"/desk/rules/{sign_on.statement.slug}/undo/", follow=True)
    assert told(page) == ["The rule is off. Taken back: 1."]
    assert state(sign_on) == "confirmed"


def test_an_amended_text_can_be_re_affirmed_by_the_manage_link(client):
    from campaigns.models import Revision, RevisionText
    from signon import tokens

    sign_on = accepted()
    link = f"/sign-ons/manage/{tokens.make(sign_on, tokens.MANAGE)}/"
    assert "amended" not in client.get(link).content.decode()
    revision = Revision.objects.create(statement=sign_on.statement, number=2, original_language="en")
    text = RevisionText(revision=revision, language="en")
    text.write(title="Amended", body="New words.", lead="")
    assert "amended since you signed" in client.get(link).content.decode()
    client.post(f"{link}reaffirm/", {"text": "wrong"})
    sign_on.refresh_from_db()
    assert sign_on.text != text
    client.post(f"{link}reaffirm/", {"text": text.digest})
    sign_on.refresh_from_db()
    assert (sign_on.text, sign_on.ledger.last().act) == (text, "reaffirmed")


def test_what_only_looks_like_it_is_offered_and_never_chosen_by_itself(client, staff):
    staff("verifier")
    entry = accepted(organization_name="Third World Network (TWN)", country="MY").organization
    sign_on = SignOnFactory(confirmed=True, organization_name="Third World Network Malaysia", country="MY")
    form = client.get(f"{QUEUE}{sign_on.pk}/").context["forms"]["accept"]
    assert str(entry.pk) in dict(form.fields["organization"].choices)
    assert form["organization"].value() is None


def test_who_signed_for_the_same_organization_from_another_address_is_one_press_away(client, staff):
    staff("verifier")
    statement = StatementFactory()
    here = {"statement": statement, "country": "SN"}
    one = SignOnFactory(confirmed=True, organization_name="Femmes Debout du Sénégal", **here)
    other = SignOnFactory(confirmed=True, organization_name="Femmes debout du Senegal", email="b@b.example", **here)
    page = client.get(f"{QUEUE}{one.pk}/")
    (row,) = page.context["alike"]
    assert (row["sign_on"], row["why"]) == (other, "The organization signed from another address too")
    assert f'href="{QUEUE}{other.pk}/"' in page.content.decode()
    assert page.context["forms"]["accept"]["organization"].value() == "new"


def test_the_language_of_the_signed_text_is_named_in_the_reader_s(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    assert client.get(f"/ar{QUEUE}{sign_on.pk}/").context["signed_text"]["language"] == "الإنجليزية"


def test_an_entry_s_page_offers_what_is_likely_and_what_looks_alike_and_nothing_else(client, staff):
    staff("campaign_manager")
    one, likely, alike, _unlike = (
        accepted(organization_name=name).organization
        for name in ("Third World Network", "Third World Networks", "Third World Nеtwork", "Fourth World Women")
    )
    offered = client.get(f"/desk/organizations/{one.pk}/").context["alike"]
    assert {(candidate.organization, looks) for candidate, _why, _percent, looks in offered} == {
        (likely, False), (alike, True),
    }  # fmt: skip


def test_a_look_alike_is_offered_once_with_what_makes_it_one(client, staff):
    staff("verifier")
    sign_on, entry = waiting_beside("Оxfаm Kenya", "Oxfam Kenya")
    page = client.get(f"{QUEUE}{sign_on.pk}/")
    assert [each["organization"] for each in page.context["alike"]] == [entry]
    assert "the same to the eye, in other letters" in page.content.decode()
    assert page.context["forms"]["accept"].is_open


def test_staff_choose_for_themselves_how_often_they_are_told_what_waits(client, staff):
    user = staff("verifier")
    client.post("/desk/me/", {"name": "Wanjiru", "language": "fr", "digest": "daily"})
    user.refresh_from_db()
    assert (user.name, user.language, user.digest) == ("Wanjiru", "fr", "daily")
    assert client.post("/desk/me/", {"name": "", "language": "xx", "digest": "daily"}).status_code == 422


def test_the_desk_begins_with_the_oldest_that_no_colleague_has_open(client, staff):
    staff("verifier")
    taken, free = SignOnFactory(confirmed=True), SignOnFactory(confirmed=True)
    verifying.take(taken, by=UserFactory())
    assert client.get("/desk/").context["oldest"] == free


def test_taking_back_what_the_signer_was_told_already_says_so(client, staff):
    staff("verifier")
    sign_on = accepted()
    told_at = sign_on.decided_at
    mailing.note(sign_on.messages.filter(kind="accepted"), "sent", sent_at=told_at)
    page = act(client, sign_on, "reopen", reason="")
    assert "The mail had gone out already" in told(page)[0]


def test_what_staff_entered_stands_in_the_paged_queue_too(client, staff, monkeypatch):
    staff("verifier")
    monkeypatch.setattr(desk, "PAGE", 2)
    made = [SignOnFactory(confirmed=True) for _number in range(2)]
    imported = SignOnFactory(confirmed=True, source="import")
    SignOn.objects.filter(pk=imported.pk).update(confirmed_at=None)
    first = client.get(QUEUE)
    second = client.get(QUEUE + first.context["next_url"])
    assert [*first.context["page"].sign_ons, *second.context["page"].sign_ons] == [*made, imported]


def test_an_exporter_reads_no_notes_of_colleagues(client, staff):
    sign_on = SignOnFactory(confirmed=True)
    verifying.note(sign_on, by=UserFactory(), words="Ask Wanjiru.")
    staff("exporter")
    assert "Ask Wanjiru." not in client.get(f"{QUEUE}{sign_on.pk}/").content.decode()


def test_an_organization_is_not_told_apart_from_itself(client, staff):
    staff("campaign_manager")
    entry = accepted().organization
    page = client.post(f"/desk/organizations/{entry.pk}/merge/{entry.pk}/", {"act": "tell-apart"}, follow=True)
    assert told(page) == ["Choose two different entries."]
    assert entry.distinctions.count() == 0


@pytest.mark.parametrize("lane", ["what", "%00"])
def test_only_lanes_that_are_there_are_released(client, staff, lane):
    staff("verifier")
    assert client.post(f"/desk/mail/lanes/{lane}/release/").status_code == 404


@pytest.mark.parametrize(("role", "may"), [("editor", False), ("campaign_manager", True)])
def test_who_may_not_verify_may_not_let_a_statement_do_it(client, staff, role, may):
    user, statement = staff(role), StatementFactory()
    Membership.objects.create(user=user, campaign=statement.campaign)
    page = client.get(f"/admin/campaigns/statement/{statement.pk}/change/").content.decode()
    assert ('name="accepts_on_strong_evidence"' in page) == may


def test_a_message_of_a_paused_mailing_that_is_tried_again_is_held(client, staff):
    from signon.mail import mailings
    from signon.models import Mailing, MailingText

    user = staff("administrator")
    sign_on = accepted(consent_updates=True)
    Membership.objects.create(user=user, campaign=sign_on.statement.campaign)
    made = Mailing.objects.create(statement=sign_on.statement, created_by=user, sign_on_states=["accepted"])
    MailingText.objects.create(mailing=made, language="en", subject="News", body="Words")
    mailings.start(made)
    mailings.advance()
    mailings.pause(made)
    message = Message.objects.get(kind="update")
    mailing.note(Message.objects.filter(pk=message.pk), "dead", "554 No")
    client.post(f"/desk/mail/messages/{message.pk}/again/")
    message.refresh_from_db()
    assert (message.state, message.due_at) == ("queued", None)


def test_a_flood_on_one_statement_hides_no_other(client, staff, monkeypatch):
    staff("verifier")
    monkeypatch.setattr(desk, "MOST_COUNTED", 3)
    flooded, quiet = StatementFactory(), StatementFactory()
    for _ in range(5):
        SignOnFactory(statement=flooded, country="KE", confirmed=True)
    SignOnFactory(statement=quiet, country="MX", confirmed=True)
    told = [(statement, str(number)) for statement, number in client.get("/desk/").context["statements"]]
    assert told == [(flooded, "3+"), (quiet, "1")]
    page = client.get(f"{QUEUE}?statement={quiet.pk}&country=MX").context["page"]
    options = {name: [(value, str(number)) for value, _label, number in page.options[name]] for name in page.options}
    assert options["statement"] == [(str(flooded.pk), "3+"), (str(quiet.pk), "1")]
    assert options["country"] == [("KE", "3+"), ("MX", "0+")]
    assert [each.statement for each in page.sign_ons] == [quiet]


def test_pages_of_lost_mail_go_on_where_they_were_whatever_became_of_the_last_one(client, staff, monkeypatch):
    staff("verifier")
    monkeypatch.setattr(desk, "PAGE", 2)
    came = [SignOnFactory(expires_at=timezone.now() + timedelta(days=30 - day)) for day in range(6)]
    for sign_on in came:
        message = mailing.compose("verification", key=f"k{sign_on.pk}", sign_on=sign_on)
        mailing.note(Message.objects.filter(pk=message.pk), "bounced", "550 5.1.1 No such user")
    first = client.get(f"{QUEUE}?part=returned").context["page"]
    assert (first.sign_ons, first.after) == (came[:2], str(came[1].pk))
    SignOn.objects.filter(pk=came[1].pk).update(expires_at=timezone.now() + timedelta(days=90))
    assert client.get(f"{QUEUE}?part=returned&after={first.after}").context["page"].sign_ons == came[2:4]
    SignOn.objects.filter(pk=came[1].pk).update(state="confirmed", expires_at=None, confirmed_at=timezone.now())
    assert client.get(f"{QUEUE}?part=returned&after={first.after}").context["page"].sign_ons == came[2:4]
