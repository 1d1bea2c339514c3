import pytest

from signon.naming.look_alikes import in_latin, looks_like, mixed_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Oxfаm International", ["Oxfаm"]),
        ("союз ЖEНЩИН", ["ЖEНЩИН"]),
        ("Wоmеn in Blасk", ["Wоmеn", "Blасk"]),
        ("Αmnesty", ["Αmnesty"]),
    ],
)
def test_a_letter_of_another_script_in_a_word_is_seen(name, words):
    assert mixed_words(name) == words


@pytest.mark.parametrize(
    "name",
    [
        "Oxfam International",
        "Amnistía Internacional",
        "Женщины МИР",
        "Greenpeace Россия",
        "東京NGOフォーラム",
        "한국NGO협의회",
        "حقوق النساء WLP",
        "महिला संघ SEWA",
        "Ειρήνη",
        "350.org",
        "G20 Watch",
        "",
    ],
)
def test_names_of_several_languages_pass(name):
    assert mixed_words(name) == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Oxfаm", "Oxfam"),
        ("ОХРАНА", "OXPAHA"),
        ("охрана", "OXPAHA"),
        ("Arnnesty", "Amnesty"),
        ("0xfam", "Oxfam"),
        ("Pаx Christi", "Pax  Christi"),
    ],
)
def test_two_that_a_reader_takes_for_one_are_found(name, other):
    assert looks_like(name, other)
    assert looks_like(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Oxfam", "OXFAM"),
        ("Oxfam", "Oxfam!"),
        ("Tebtebba", "Oxfam"),
        ("", ""),
        ("Action Aid International", "ActionAid International"),
        ("BothENDS", "Both ENDS"),
    ],
)
def test_the_same_name_and_another_name_are_no_look_alikes(name, other):
    assert not looks_like(name, other)


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Oxfаm", "Oxfam"),
        ("Wоmеn in Blасk", "Women in Black"),
        ("0xfam", "Oxfam"),
        ("ОХРАНА", "OXPAHA"),
        ("Amnіstía", "Amnistía"),
        ("Союз женщин", "Союз женщин"),
        ("حقوق النساء", "حقوق النساء"),
        ("東京NGO", "東京NGO"),
        ("2030 Agenda", "2030 Agenda"),
        ("G20", "G20"),
    ],
)
def test_a_word_that_can_be_read_in_latin_letters_is_written_in_them(name, latin):
    assert in_latin(name) == latin
