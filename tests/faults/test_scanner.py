"""A scanner opens every link of every mail before its reader does: nothing changes, and the reader's click works."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from campaigns.models import Statement
from signon.mail import rendering, samples
from signon.models import SignOn
from tests.signon.mail.test_mail_kinds import message_of

pytestmark = pytest.mark.django_db
# What counts or remembers visits, not acts: nothing of who.
NOT_ACTS = {"django_session", "signon_signinlimit"}
# Kinds whose links lead behind the login, or to public pages: nothing there acts by a click.
READ_ONLY = {
    "digest", "burst", "notice", "export", "closing", "not_opened", "new_device", "account_changed", "accepted",
    "delivered", "update", "event_called_off", "event_changed", "registration_canceled", "login_code", "address_code",
    "claim_code", "signed_by_seat", "withdrawn",
}  # fmt: skip
# Accounts are what cookies are for.
BEHIND_THE_LOGIN = READ_ONLY | {"factor_reset", "password_reset", "seat"}


def rows():
    """Every row of every table, as one digest a table."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - NOT_ACTS
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(row::text, chr(10) ORDER BY row::text), '')) FROM \"{table}\" AS row"
            )
            found[table] = cursor.fetchone()[0]
    return found


def links(mail):
    html = mail.alternatives[0].content
    found = re.findall(r'href="(http[^"]*)"', html) + re.findall(r"https?://\S+", mail.body)
    return list(dict.fromkeys(unescape(link) for link in found))


def path_of(link):
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def fields(form):
    """What a browser would post of a form as it stands, and the name and value of its first button."""
    told = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("checkbox", "radio") and not re.search(r"\bchecked\b", tag):
            continue
        if name := attributes.get("name"):
            is_password = attributes.get("type") == "password"
            told[unescape(name)] = "Bread-and-roses-8" if is_password else unescape(attributes.get("value", ""))
    button = re.search(r"<button\b([^>]*)>", form)
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', button.group(1))) if button else {}
    if attributes.get("name"):
        told[attributes["name"]] = attributes.get("value", "")
    return told


def press(path):
    """Open the page as a person does, and press its buttons until one has done something; the last answer, or None."""
    person = Client()
    page = person.get(path, follow=True)
    at = page.redirect_chain[-1][0] if page.redirect_chain else path
    before, answer = rows(), None
    for opening, inside in re.findall(r"(<form\b[^>]*>)(.*?)</form>", page.content.decode(), re.DOTALL):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', opening))
        if attributes.get("method") == "post" and "search" not in attributes.get("action", ""):
            # A form that corrects changes nothing as it stands.
            answer = person.post(unescape(attributes.get("action") or at), fields(inside))
            if rows() != before:
                return answer
    return answer


@pytest.mark.parametrize("kind", samples.KINDS)
def test_a_scanner_changes_nothing_and_the_reader_s_click_works(kind):
    message = message_of(kind, "en")
    found = links(rendering.render(message))
    before = rows()
    for link in found:
        for method in ("head", "get"):
            answer = getattr(Client(), method)(path_of(link), headers={"User-Agent": "scanner"})
            # A test sign-on is of a draft, which has no page yet; what an event is held on is no page of ours.
            is_ours = not link.endswith("/room") and not (kind == "test" and "/statements/" in link)
            assert answer.status_code in (200, 302) or not is_ours, (link, answer.status_code)
            assert not answer.cookies or kind in BEHIND_THE_LOGIN, link
    after = rows()
    assert {table for table in before if before[table] != after[table]} == set()
    if kind in READ_ONLY:
        return
    answers = [press(path_of(link)) for link in found if "/unsubscribe/" not in link]
    pressed = [answer.status_code for answer in answers if answer is not None]
    assert pressed, found
    assert set(pressed) <= {200, 302, 422}
    assert rows() != after or 422 in pressed


@pytest.mark.parametrize("kind", ["update", "invitation"])
def test_the_way_out_waits_for_a_click_too(kind):
    message = message_of(kind, "en")
    [link] = {link for link in links(rendering.render(message)) if "/unsubscribe/" in link}
    before = rows()
    for method in ("head", "get"):
        assert getattr(Client(), method)(path_of(link)).status_code == 200
    assert rows() == before
    assert press(path_of(link)).status_code in (200, 302)
    assert rows() != before


def test_the_page_of_a_mailed_link_asks_no_other_site_and_confirms_once_after_ten_looks():
    message = message_of("verification", "en")
    link = next(link for link in links(rendering.render(message)) if "/confirm/" in link)
    for _look in range(10):
        Client(enforce_csrf_checks=True).get(path_of(link))
    assert SignOn.objects.get().state == "unconfirmed"
    assert press(path_of(link)).status_code == 302
    assert SignOn.objects.get().state == "confirmed"
    assert Statement.objects.count() == 1
