import json

import pytest
from django.utils import translation

from signon import matching
from signon.casework import findings
from signon.casework.findings import CODES, Finding, difference, read

FACTS = {
    "organization": 1,
    "name": "Tebtebba",
    "organizations": [1, 2],
    "sign_ons": [3],
    "domain": "xn--bcher-kva.example",
    "website": "tebtebba.example",
    "alike": [{"organization": 1, "name": "Tebtebba", "score": 0.9, "why": "same country, 1 of 3 words differ"}],
    "words": ["Tеbtebba"],
    "count": 12,
    "kind": "accepted",
    "status": "5.1.1",
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_finding_has_a_weight_a_title_and_says_why(code):
    found = Finding(code, FACTS)
    assert found.weight in ("supports", "warns", "asks")
    assert found.title
    assert found.why
    assert "%" not in found.why


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_finding_that_an_older_version_kept_without_facts_can_still_be_read(code):
    assert Finding(code).why


def test_a_code_fits_its_column():
    assert max(map(len, CODES)) <= 40


def test_findings_are_kept_as_json_and_read_again():
    found = [Finding("burst", {"count": 12}), Finding("individual")]
    assert read(json.loads(json.dumps([one.kept() for one in found]))) == found


def test_what_this_version_does_not_know_is_left_out():
    assert read([{"code": "astrology", "facts": {}}, {"code": "individual"}, {}]) == [Finding("individual")]
    assert findings.weight("astrology") == "asks"


def test_a_domain_is_told_in_both_spellings():
    assert "bücher.example (xn--bcher-kva.example)" in Finding("free_mail", FACTS).why


def test_likely_duplicates_are_told_by_name_or_by_number_with_their_grounds():
    why = "same country, 1 of 3 words differ"
    alike = [{"organization": 1, "name": "Tebtebba", "score": 0.9, "why": why}, {"sign_on": 7, "score": 0.4, "why": ""}]
    told = Finding("likely_duplicate", {"alike": alike}).why
    assert "Tebtebba (same country, 1 of 3 words differ); sign-on 7" in told


def test_a_burst_is_counted_in_words():
    assert Finding("burst", {"count": 12}).why.startswith("12 sign-ons came")


def test_words_of_a_finding_are_in_the_language_of_who_reads_and_not_of_who_gathered():
    found = Finding("burst", {"count": 12})
    assert not isinstance(found.title, type(findings._("x")))
    with translation.override("en"):
        assert found.title == "Many sign-ons from one network"


def test_every_ground_of_a_judgment_has_words():
    words = {"same words", "same words in another language", "same words in another order", "same name"}
    assert set(matching._TOLD.values()) | words <= set(findings._GROUNDS)
    assert findings.grounds_in_words("same words with 2 spelled otherwise") == "same words, 2 spelled otherwise"
    assert findings.grounds_in_words("same acronym, 2 of 4 words differ") == "same acronym, 2 of 4 words differ"
    assert findings.grounds_in_words("something new") == "something new"
    assert findings.grounds_in_words("") == ""


@pytest.mark.parametrize(
    ("a", "b", "marked"),
    [
        ("Oxfam", "Oxfam", []),
        ("OXFAM", "Oxfam", []),
        ("Oxfam Kenya", "Oxfam", ["Kenya"]),
        ("Oxfam", "Oxfam Kenya", []),
        ("Red de Mujeres", "Red de Jóvenes", ["Mujeres"]),
        ("Women's Network", "Womens network", []),
        ("Asia-Pacific Forum", "Asia Pacific Forum", []),
        ("Foi & Justice", "Foi – Justice", []),
        ("東京女性の会", "東京男性の会", ["女"]),
        ("شبكة النساء", "شبكة الشباب", ["النساء"]),
        ("東京女性の会", "京東女性の会", ["京"]),
        ("Peace Network of Women", "Women of Peace Network", []),
        ("Peace, Peace Now", "Now Peace", ["Peace"]),
        ("Oxfаm", "Oxfam", ["Oxfаm"]),
        ("", "Oxfam", []),
        ("Oxfam", "", ["Oxfam"]),
    ],
)
def test_the_words_that_differ_are_marked(a, b, marked):
    assert [piece for piece, differs in difference(a, b) if differs] == marked


@pytest.mark.parametrize("name", ["", " ", "Red  de —Mujeres/Women's (RM)", "東京 NGO・女性の会", "a\tb-c"])
def test_the_pieces_joined_are_the_name(name):
    assert "".join(piece for piece, _differs in difference(name, "Red de Jóvenes")) == name
