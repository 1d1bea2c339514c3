import subprocess
import sys

import pytest

from signon.casework import domains


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("asha@Undp.ORG", "undp.org"),
        ("asha@bücher.example", "xn--bcher-kva.example"),
        ("asha@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("a@b@mail.example.org", "mail.example.org"),
        ("asha@[10.0.0.1]", ""),
        ("asha@localhost", ""),
        ("nobody", ""),
        ("", ""),
    ],
)
def test_an_address_has_its_domain_in_one_spelling(email, domain):
    assert domains.of_address(email) == domain


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.undp.org/kenya?x=1#y", "undp.org"),
        ("WWW.Undp.org", "undp.org"),
        ("undp.org/kenya", "undp.org"),
        ("http://kenya.undp.org:8080/", "kenya.undp.org"),
        ("https://مثال.إختبار/", "xn--mgbh0fb.xn--kgbechtv"),
        ("https://www.associação.org.br", "xn--associao-xza3b.org.br"),
        ("https://undp.org./", "undp.org"),
        ("https://10.0.0.1/", ""),
        ("https://[::1]/", ""),
        ("https://[::1", ""),
        ("https://a..b/", ""),
        ("https://www.example.org\\@evil.example/", ""),
        ("https://example.org@evil.example/", ""),
        ("", ""),
    ],
)
def test_a_website_has_its_host_or_none_where_it_can_be_read_as_two(url, host):
    assert domains.of_website(url) == host


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("mail.undp.org", "undp.org"),
        ("kenya.redcross.org.uk", "redcross.org.uk"),
        ("www.rede.org.br", "rede.org.br"),
        ("site.rede.com.br", "rede.com.br"),
        ("wezesha.or.ke", "wezesha.or.ke"),
        ("www.peaceboat.co.jp", "peaceboat.co.jp"),
        ("law.uct.ac.za", "uct.ac.za"),
        ("a.ngo.in", "ngo.in"),
        ("forum.org.au", "forum.org.au"),
        ("www.xn--fiq228c.xn--55qx5d.cn", "xn--fiq228c.xn--55qx5d.cn"),
        ("почта.союз.рф", "xn--g1ani7c.xn--p1ai"),
        ("secret.example", "secret.example"),
        ("women.blogspot.com", "women.blogspot.com"),
        ("women.blogspot.co.ke", "women.blogspot.co.ke"),
        ("a.women.wordpress.com", "women.wordpress.com"),
        ("women.github.io", "women.github.io"),
        ("women.wixsite.com", "women.wixsite.com"),
        ("wordpress.com", ""),
        ("github.io", ""),
        ("org.uk", ""),
        ("org", ""),
        ("10.0.0.1", ""),
        ("", ""),
    ],
)
def test_a_registrable_domain_is_what_one_body_registered(host, registered):
    assert domains.registrable(host) == registered


FREE = """gmail.com GMAIL.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.co.uk live.com msn.com yahoo.com
yahoo.com.ph yahoo.co.in ymail.com gmx.de gmx.at gmx.net web.de t-online.de mail.ru bk.ru yandex.ru yandex.kz proton.me
protonmail.com pm.me riseup.net orange.fr wanadoo.fr laposte.net free.fr sfr.fr qq.com 163.com 126.com sina.com
naver.com daum.net rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br globo.com libero.it virgilio.it tin.it
icloud.com me.com aol.com zoho.com tutanota.com ukr.net seznam.cz wp.pl abv.bg sapo.pt bigpond.com shaw.ca walla.co.il
docomo.ne.jp telkomsa.net cantv.net prodigy.net.mx igc.org mailbox.org btinternet.com comcast.net"""


@pytest.mark.parametrize("domain", FREE.split())
def test_a_mail_provider_is_known_in_many_countries(domain):
    assert domains.is_free_mail(domain)


OWN = """undp.org amnesty.org twn.my terra.org gmail.com.evil.example blogspot.org.evil.example notgmail.com upf.org
nus.edu.sg peaceboat.co.jp wezesha.or.ke secret.example gmail org.uk"""


@pytest.mark.parametrize("domain", OWN.split())
def test_an_organization_s_own_domain_is_no_provider_s(domain):
    assert not domains.is_free_mail(domain)


@pytest.mark.parametrize("domain", ["mailinator.com", "x.mailinator.com", "YOPMAIL.com", "guerrillamail.com"])
def test_a_disposable_domain_is_known_and_what_lies_below_it(domain):
    assert domains.is_disposable(domain)


@pytest.mark.parametrize("domain", ["gmail.com", "riseup.net", "proton.me", "undp.org", "mailinator.com.example", ""])
def test_a_domain_that_stays_is_not_disposable(domain):
    assert not domains.is_disposable(domain)


@pytest.mark.parametrize(
    "host", ["facebook.com", "m.facebook.com", "women.wordpress.com", "linktr.ee", "sites.google.com"]
)
def test_a_host_on_which_anybody_has_a_page_is_shared(host):
    assert domains.is_shared(host)


@pytest.mark.parametrize("host", ["undp.org", "google.com", "facebook.com.example", "x.org", ""])
def test_a_host_of_one_body_is_not_shared(host):
    assert not domains.is_shared(host)


def test_no_domain_is_neither_a_provider_s_nor_disposable():
    assert not domains.is_free_mail("")
    assert not domains.is_disposable("")


def test_a_domain_belongs_to_itself_and_to_what_it_lies_below():
    assert domains.belongs("mail.undp.org", "undp.org")
    assert domains.belongs("undp.org", "undp.org")
    assert not domains.belongs("notundp.org", "undp.org")
    assert not domains.belongs("undp.org", "")


def test_an_internationalized_domain_is_shown_in_both_spellings():
    assert domains.readable("xn--bcher-kva.example") == "bücher.example (xn--bcher-kva.example)"
    assert domains.readable("undp.org") == "undp.org"


def test_the_lists_are_read_only_when_they_are_asked_for():
    program = (
        "import sys, signon.casework.domains; print([n for n in sys.modules if 'suffix' in n or 'email_domains' in n])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_domain_lies_below_others_up_to_what_was_registered():
    assert domains.parents("a.mail.undp.org") == ["mail.undp.org", "undp.org"]
    assert domains.parents("a.rede.org.br") == ["rede.org.br"]
    assert domains.parents("undp.org") == domains.parents("org") == domains.parents("") == []


def test_a_domain_may_be_written_in_two_ways():
    assert domains.spellings("xn--bcher-kva.example") == {"xn--bcher-kva.example", "bücher.example"}
    assert domains.spellings("xn--fa-hia.example") == {"xn--fa-hia.example"}
    assert domains.spellings("undp.org") == {"undp.org"}
    assert domains.spellings("") == set()


@pytest.mark.parametrize("domain", ["undp.org", "mail.undp.org", "wezesha.or.ke", "nus.edu.sg"])
def test_a_domain_can_be_one_body_s(domain):
    assert domains.is_somebodys(domain)


@pytest.mark.parametrize(
    "domain", ["gmail.com", "mail.yahoo.com", "mailinator.com", "women.wordpress.com", "github.io", "co.ke", "org", ""]
)
def test_a_domain_of_many_is_nobody_s_in_particular(domain):
    assert not domains.is_somebodys(domain)
