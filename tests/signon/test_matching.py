import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from signon.matching import Judgment, Party, judge, prepare, printed

FILE = Path(__file__).parent / "data/same_organization.csv"
PAIRS = list(csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8"))))


def judged(name_a: str, country_a: str, name_b: str, country_b: str) -> Judgment:
    return judge(printed(name_a, country_a), printed(name_b, country_b))


def of_pair(pair: dict[str, str]) -> Judgment:
    return judged(pair["name_a"], pair["country_a"], pair["name_b"], pair["country_b"])


def scores(pairs: list[dict[str, str]]) -> tuple[float, float]:
    """Precision and F1."""
    answers = [(of_pair(pair).same, pair["same"] == "1") for pair in pairs]
    right, said, so = answers.count((True, True)), sum(said for said, _ in answers), sum(so for _, so in answers)
    return right / said, 2 * right / (said + so)


def test_labelled_pairs_are_many_and_each_has_its_evidence():
    real = [pair for pair in PAIRS if not pair["evidence"].startswith("made up")]
    assert len(real) >= 150
    assert all(pair["evidence"] and pair["same"] in "01" for pair in PAIRS)


def test_real_pairs_are_judged_with_the_precision_and_f1_that_we_promise():
    precision, f1 = scores([pair for pair in PAIRS if not pair["evidence"].startswith("made up")])
    assert precision >= 0.97
    assert f1 >= 0.95


def test_made_up_pairs_of_each_kind_of_difference_are_judged_nearly_as_well():
    precision, f1 = scores([pair for pair in PAIRS if pair["evidence"].startswith("made up")])
    assert precision >= 0.94
    assert f1 >= 0.93


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("Classist Tendency Coalition (CTC-VZLA), Venezuela", ""), ("Coalición de Tendencia Clasista (CTC-VZLA)", "")),
        (("Ashar Alo Society (AAS), Bangladesh", ""), ("Ashar Alo Society", "Bangladesh")),
        (("PowerShift e.V.", "Germany"), ("Powershift", "DE")),
        (("Réseau des femmes pour la paix", "Mali"), ("Women's Network for Peace", "Mali")),
        (("Trabajadores/as del Estado", "Peru"), ("Trabajadores del Estado", "Peru")),
        (("Союз потребителей", "Ukraine"), ("Soyuz potrebiteley", "Ukraine")),
        (("Council of Canadians/Conseil des Canadiens", "Canada"), ("Conseil des Canadiens", "Canada")),
        (("SOMO", "Netherlands"), ("Centre for Research on Multinational Corporations (SOMO)", "Netherlands")),
        (("India FDI Watch", "UK"), ("FDI Watch", "India")),
    ],
)
def test_one_organization_is_known_again_under_another_form_of_its_name(a, b):
    assert judged(*a, *b).same


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("ATTAC France", "France"), ("ATTAC Germany", "Germany")),
        (("Third World Network (TWN) India", "India"), ("Third World Network (TWN) Nepal", "Nepal")),
        (("Friends of the Earth Australia", "Australia"), ("Friends of the Earth Europe", "")),
        (("Friends of the Earth Australia", "Australia"), ("Friends of the Earth International", "")),
        (("Jubileu Sul Brazil", "Brazil"), ("Jubilee Australia", "Australia")),
        (("Council of Canadians", "Canada"), ("Northumberland Chapter of the Council of Canadians", "Canada")),
        (("Economic Justice Network", "South Africa"), ("Economic Justice Network", "Sierra Leone")),
    ],
)
def test_members_of_one_family_and_sections_are_organizations_of_their_own(a, b):
    assert not judged(*a, *b).same


def test_the_order_of_the_two_does_not_matter():
    for pair in PAIRS:
        turned = judged(pair["name_b"], pair["country_b"], pair["name_a"], pair["country_a"])
        assert turned.score == pytest.approx(of_pair(pair).score, abs=0.02), pair["name_a"]


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("Third World Network", "Third World Network", "same words"),
        ("Third World Network", "Third World Netwrok", "same words with 1 spelled otherwise"),
        ("Sister Namibia Collective", "Sisters Namibia Collective", "same words with 1 spelled otherwise"),
        ("Women for Peace Malawi", "Peace Women Malawi", "same words in another order"),
        ("Women's Network for Peace", "Réseau des femmes pour la paix", "same words in another language"),
    ],
)
def test_a_judgment_says_of_the_words_what_it_saw(a, b, why):
    assert judge(Party(a, "KE"), Party(b, "KE")).why.split(", ")[-1] == why
    assert judge(Party(b, "KE"), Party(a, "KE")).why.split(", ")[-1] == why


def test_a_legal_form_is_no_acronym():
    two = Party("Asociación Esperanza A.C.", "MX"), Party("Fundación Mexicana para la Planeación AC MEXFAM", "MX")
    assert "acronym" not in judge(*two).why


def test_a_judgment_says_why_in_words():
    judgment = judged("Women's Forum of Volta (WFV)", "Ghana", "Women's Forum of Vollta (WFV)", "Ghana")
    assert judgment.why == "same acronym, same country, same words with 1 spelled otherwise"
    assert "different places" in judged("ATTAC France", "France", "ATTAC Germany", "Germany").why


def test_a_shared_domain_speaks_for_one_organization_and_a_free_mail_providers_does_not():
    one = Party("Green Hands", "KE", website="https://www.greenhands.org/about")
    unlike = Party("Mikono ya Kijani", "KE", email_domain="greenhands.org")
    assert judge(one, unlike).score > judge(one, Party("Mikono ya Kijani", "KE")).score
    free = (Party("Green Hands", "KE", email_domain="gmail.com"), Party("Mikono", "KE", email_domain="gmail.com"))
    assert "domain" not in judge(*free).why


def test_any_known_name_may_be_the_one_that_matches():
    known = Party("Global Justice Now", "GB", other_names=("World Development Movement",))
    assert judge(Party("World Development Movement", "GB"), known).same


@pytest.mark.parametrize("name", ["", "?", "(", "-", "/", "A", "The", "(ABC)", "世界贸易", "🌍", "Kenya", "x" * 5000])
def test_whatever_is_typed_is_judged_without_an_error(name):
    assert 0 <= judge(Party(name), Party("Kenya Human Rights Commission", "KE")).score <= 1


def test_a_party_is_taken_apart_once():
    asked = printed("Centre for Trade Policy and Sustainable Development", "Zambia")
    assert prepare(asked) is prepare(asked)


def test_the_command_adds_score_and_same_to_each_row(tmp_path, capsys):
    file = tmp_path / "pairs.csv"
    text = 'name_a,country_a,name_b,country_b,note\n"Social Watch",,Social Watch,Uruguay,é\nGRAIN,,"SOMO, NL",x,\n'
    file.write_text(text, encoding="utf-8-sig")
    output = io.StringIO()
    call_command("match_organizations", str(file), stdout=output)
    first, second = csv.DictReader(io.StringIO(output.getvalue()))
    assert list(first) == ["name_a", "country_a", "name_b", "country_b", "note", "score", "same"]
    assert first["same"] == "1"
    assert first["note"] == "é"
    assert len(first["score"].partition(".")[2]) == 3
    assert second["same"] == "0"


def test_the_command_refuses_a_missing_file_or_column_in_one_line(tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("name_a,country_a\n", encoding="utf-8")
    for path in (file, tmp_path / "none.csv"):
        with pytest.raises(CommandError) as refused:
            call_command("match_organizations", str(path))
        assert refused.value.returncode == 2
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["Kenya", "South Africa", "Paris"])
def test_a_name_that_is_but_a_place_is_judged_beside_an_acronym(name):
    assert not judge(Party("ITUC", "KE"), Party(name, "KE")).same
