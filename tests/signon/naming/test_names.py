import contextlib
import csv
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signon.naming.names import Refused, clean, search_key, sort_key, split_acronym

DATA = Path(__file__).parents[3] / "signon" / "data"
FORBIDDEN = "\x00\x1b\u202a\u202e\u2066\u2069\ud800\ue000\ufdd0\ufffe\U000f0000"
# Text rich in what `clean` has to judge; pure st.text() seldom holds a joiner beside an Arabic letter.
HARD = st.text(
    st.sampled_from(
        "aé\u0301 \u200c\u200d\u200b\u00ad\u200e\ufeffبا\u064bदक\u094dष葛1#❤\ufe0f\u20e3\U000e0100\u180b.,/:w\t\n\x85"
    )
)


def refusal(value: str, **how: bool) -> str:
    with pytest.raises(Refused) as refused:
        clean(value, **how)
    return refused.value.code


@pytest.mark.parametrize(
    "name",
    [
        "Fundación InternetBolivia.org",
        "350.org",
        "11.11.11",
        "+Pueblo",
        "AID/ WATCH",
        "Masifundise/WFFP",
        "1999",
        "Stop TTIP/CETA Italia Campaign",
        "Kasama sa Kalikasan/FoE Phils.",
        "FoE Phils./Manila",
        "WDF(IEO)",
        "Americas Program/Mexico City",
        "What.next?",
        "منظمة العمل",
        "می\u200cخواهم",
        "क्\u200dष",
        "श्रीलंका 日本 ಕನ್ನಡ",
    ],
)
def test_a_real_name_stays_as_it_is(name):
    assert clean(name) == name


def test_the_names_of_both_real_lists_change_in_nothing_but_white_space():
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assert clean(row["organization"]) == " ".join(row["organization"].split())


def test_white_space_of_every_kind_is_folded_and_trimmed():
    assert clean("\u3000 Both\u00a0\tENDS\r\n\u2009of\v us \u2029") == "Both ENDS of us"


def test_several_lines_keep_their_breaks_and_one_blank_line_between_paragraphs():
    assert clean(" a  b \r\n\r\n\r\n\u2028c\n", multiline=True) == "a b\n\nc"


def test_text_is_composed_also_where_a_dropped_mark_stood_between():
    assert clean("Caf" + "e\u200b\u0301") == "Café"


def test_invisible_marks_of_word_and_arabic_keyboards_go_silently():
    assert clean("\ufeffA\u00adN\u200bN\u2060D \u200f(\u061cأ\u200e)") == "ANND (أ)"


def test_joiners_go_where_no_letter_needs_them():
    assert clean("A\u200cN\u200dN") == "ANN"
    assert clean("كتاب\u200c") == "كتاب"
    assert clean("ا\u200cب") == "اب"  # alef joins to nothing after it


def test_a_variation_selector_stays_only_where_it_varies_something():
    assert clean("a\ufe0f ❤\ufe0f 葛\U000e0100") == "a ❤\ufe0f 葛\U000e0100"


@pytest.mark.parametrize("value", ["a\x00", "a\x1bb", "a\x7f", "a\x80", "a\x1cb"])
def test_control_characters_are_refused(value):
    assert refusal(value) == "control"


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_turn_the_direction_are_refused(mark):
    assert refusal(f"a{mark}b") == "direction"


@pytest.mark.parametrize("character", "\ud800\ue000\ufdd0\uffff\U0001fffe\U0010ffff\ufffd")
def test_characters_without_meaning_are_refused(character):
    assert refusal(f"a{character}b") == "character"


@pytest.mark.parametrize(
    "value",
    [
        "see https://x.org",
        "www.example.org",
        "WWW2.example",
        "mailto:a@b.org",
        "example.org/x",
        "Example.Com/",
        "a.рф/б",
        "ｅｘａｍｐｌｅ．ｏｒｇ／ｘ",
        "example。com/x",
        "exam\u200bple.org/x",
        "example.org?x=1",
        "example.org:80",
    ],
)
def test_links_are_refused_in_every_disguise(value):
    assert refusal(value) == "link"
    assert clean(value, links=True)


def test_a_name_without_letter_or_digit_is_refused_and_a_blank_one_is_blank():
    assert refusal("- – ☺") == "wordless"
    assert clean(" \u200b\n") == ""


def test_a_very_long_word_takes_no_long_time():
    started = time.perf_counter()
    clean("a" * 1_000_000)
    clean("a." * 200_000 + "b")
    split_acronym("A" * 20_000)
    assert time.perf_counter() - started < 10


@given(st.text(st.characters()) | HARD, st.booleans())
def test_cleaning_twice_changes_nothing_and_only_refuses(value, multiline):
    with contextlib.suppress(Refused):
        once = clean(value, multiline=multiline)
        assert clean(once, multiline=multiline) == once
        assert unicodedata.is_normalized("NFC", once)


@given(HARD, st.sampled_from(FORBIDDEN), HARD)
def test_no_forbidden_character_ever_comes_through(before, forbidden, after):
    with pytest.raises(Refused):
        clean(before + forbidden + after)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Missionary Society of St. Columban", "missionary society of ST COLUMBAN"),
        ("People’s Health Movement", "Peoples Health Movement"),
        ("Réseau  Foi & Justice", "RESEAU FOI - JUSTICE"),
        ("A.N.P.E.", "ANPE"),
        ("EQUİT", "equit"),
        ("Straße Łódź", "STRASSE LODZ"),
        ("الحِقـــوق", "الحقوق"),
        ("منظمة أمل", "منظمه امل"),
        ("می\u200cخواهم", "میخواهم"),
        ("٣٥٠", "350"),
        ("ﾊﾟﾙｸ", "パルク"),
    ],
)
def test_two_ways_to_type_a_name_have_one_search_key(one, other):
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("かき", "がき"), ("कि", "का"), ("Foi & Paix", "Foi et Paix"), ("ไม", "ไม้ไ")]
)
def test_search_keys_keep_what_is_another_word(one, other):
    assert search_key(one) != search_key(other)


@given(st.text())
def test_a_search_key_is_its_own_key_and_never_empty_for_a_name(value):
    assert search_key(search_key(value)) == search_key(value)
    assert not value.strip() or search_key(value) or not any(map(str.isalnum, value))


def test_names_are_sorted_by_letters_numbers_by_value_and_leading_marks_not_at_all():
    names = [
        "Zed",
        "“Quote”",
        "+Pueblo",
        "Newark",
        "New Zealand",
        "Åse",
        "ase",
        "1999",
        "350.org",
        "11.11.11",
    ]
    assert sorted(names, key=sort_key) == list(reversed(names))


def test_a_sort_key_is_plain_hexadecimal_and_short_enough_for_an_index():
    assert int(sort_key("Ωmega 日本"), 16)
    assert len(sort_key("日é" * 5000)) <= 2000


@pytest.mark.parametrize(
    ("printed", "name", "acronym"),
    [
        ("Arab NGO Network for Development (ANND)", "Arab NGO Network for Development", "ANND"),
        ("Associació Salut i Agrocologia ( ASiA )", "Associació Salut i Agrocologia", "ASiA"),
        ("FEMNET - African Women's Development Network", "African Women's Development Network", "FEMNET"),
        ("Union Aid Abroad (APHEDA)", "Union Aid Abroad", "APHEDA"),
        ("Groupe d'Etudes (GERDDES)-CENTRAFRIQUE", "Groupe d'Etudes", "GERDDES-CENTRAFRIQUE"),
        ("Asociación Nacional de Profesionales A.N.P.", "Asociación Nacional de Profesionales", "A.N.P."),
        ("Malaysian Treatment Group (MTAAG+)", "Malaysian Treatment Group", "MTAAG+"),
        ("Southern Institute (SEATINI- Uganda )", "Southern Institute", "SEATINI-Uganda"),
        ("Rights Watch Asia Pacific (RWAP Asia Pacific)", "Rights Watch Asia Pacific", "RWAP Asia Pacific"),
        ("ABC (Association of Big Cats)", "Association of Big Cats", "ABC"),
        ("Association of Big Cats – ABC", "Association of Big Cats", "ABC"),
    ],
)  # fmt: skip
def test_an_acronym_is_split_from_its_name(printed, name, acronym):
    assert split_acronym(printed) == (name, acronym)


@pytest.mark.parametrize(
    "printed",
    [
        "IMT-UNTREF",
        "WDF(IEO)",
        "Sahabat Alam Malaysia (Friends of the Earth Malaysia)",
        "GEFONT-Nepal",
        "Trade Union (UK)",
        "Campaign for Peace & Democracy (Manipur)",
        "REDES-Amigos de la Tierra (FoE) Uruguay",
        "Trade Union (GHANA)",
        "Padi dan Beras (Padi Rescue)",
        "Third World Network (TWN) Africa",
        "CAMPAIGN FOR PEACE (MANIPUR)",
        "",
        "()",
        "TROCA-Plataforma por um Comércio Internacional Justo",
        "11.11.11 - Coalition of the Flemish Movement",
    ],
)
def test_a_name_stays_whole_where_nothing_says_acronym(printed):
    assert split_acronym(printed) == (printed, "")


@given(st.text("ABCab ()-–.+&", max_size=40))
def test_splitting_never_fails_and_never_empties_a_name(printed):
    name, _ = split_acronym(printed)
    assert bool(name) == bool(printed.split())
