"""Local mode's mailbox shows a mail's HTML in a frame that can do nothing, but for opening its links beside it."""

from types import SimpleNamespace

from config import local_mail
from signon.views import mailbox


def test_links_of_a_mail_open_beside_it_for_no_page_of_ours_shows_itself_in_a_frame(rf, monkeypatch):
    kept = SimpleNamespace(
        html='<html><head><meta charset="utf-8"></head><body><a href="/sign-ons/">Look</a></body></html>'
    )
    monkeypatch.setattr(local_mail, "message", lambda _folder, _key: kept)
    answer = mailbox.html_part(rf.get("/mailbox/1/html/"), "1")
    assert '<head><base target="_blank">' in answer.content.decode()
    assert "allow-popups-to-escape-sandbox" in answer._csp_replace["sandbox"]
