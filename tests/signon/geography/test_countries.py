import pytest
from babel import Locale

from campaigns import network
from signon.geography import countries
from signon.geography.countries import Resolution, resolve

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_the_codes_are_those_of_cldr_without_its_groups_and_reserved_ones():
    cldr = {code for code in Locale("en").territories if len(code) == 2}
    assert set(countries.CODES) == cldr - NO_COUNTRIES
    assert len(countries.CODES) == 250
    assert {"PS", "XK", "TW"} <= set(countries.CODES)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Germany"), ("fr", "Allemagne"), ("es", "Alemania"), ("ar", "ألمانيا"), ("xx", "Germany")],
)
def test_a_country_has_its_name_in_the_readers_language(language, expected):
    assert countries.name("DE", language) == expected
    assert countries.name("", language) == ""


def test_choices_stand_in_the_alphabetical_order_of_their_language():
    assert [code for code, _ in countries.choices("fr")][:3] == ["AF", "ZA", "AL"]
    names = [name for _, name in countries.choices("en")]
    assert names.index("Albania") < names.index("Åland Islands") + 2 < names.index("Algeria") + 4
    assert len(countries.choices("ar")) == 250


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("MM", "Burma"),
        ("CI", "Ivory Coast"),
        ("NL", "Holland"),
        ("GB", "UK"),
        ("GB", "Great Britain"),
        ("US", "USA"),
        ("CZ", "Czech Republic"),
        ("SZ", "Swaziland"),
        ("MK", "Macedonia"),
        ("TR", "Turkey"),
        ("PS", "Palestine"),
        ("DE", "Deutschland"),
        ("JP", "日本"),
        ("MA", "Maroc"),
        ("CH", "Svizzera"),
        ("CV", "Cabo Verde"),
    ],
)
def test_a_country_is_also_found_by_its_other_names(code, other):
    assert other in countries.other_names(code, "en")
    assert resolve(other).code == code


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "pt", "de"])
def test_every_name_of_every_language_means_its_own_country(language):
    for code in countries.CODES:
        found = resolve(countries.name(code, language))
        assert found.code == code or (code == "CG" and code in found.candidates), code  # "Congo" in Spanish


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("FR", "FR", "code"),
        ("USA", "US", "code"),
        ("Guinea", "GN", "name"),
        ("South Korea", "KR", "name"),
        ("U.S.", "US", "other name"),
        ("Bosnia", "BA", "other name"),
        ("DRC Congo", "CD", "other name"),
        ("The Netherlands", "NL", "name"),
        ("Iran (Islamic Republic of)", "IR", "other name"),
        ("Congo, The Democratic Republic of the", "CD", "other name"),
        ("Korea, Republic of", "KR", "other name"),
        ("Korea (Democratic People's Republic of)", "KP", "other name"),
        ("Colomba", "CO", "spelling"),
        ("Marocco", "MA", "spelling"),
        ("Phillipines", "PH", "spelling"),
        ("Paris, France", "FR", "place"),
        ("Nairobi - Kenya", "KE", "place"),
        ("Kenya (Nairobi)", "KE", "place"),
    ],
)
def test_a_country_is_read_as_lists_print_it(text, code, how):
    assert resolve(text) == Resolution(code, how)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Korea", ("KR", "KP")),
        ("Congo", ("CG", "CD")),
        ("Seoul, Korea", ("KR", "KP")),
        ("Atlanta, Georgia", ("GE", "US")),
        ("France/Belgium", ("BE", "FR")),
        ("Virgin Islands", ("VG", "VI")),
    ],
)
def test_what_could_be_two_countries_is_never_guessed(text, candidates):
    assert resolve(text) == Resolution(None, "ambiguous", candidates)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Geneva",
        "Lagos",
        "Luanda",
        "Tunis",
        "Austrlia",
        "Slovania",
        "Iseland",
        "no",
        "Boston, MA",
        "Republic",
    ],
)
def test_a_city_a_word_and_a_slip_between_two_countries_are_no_country(text):
    assert resolve(text) == Resolution(None, "none")


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("International", "international"),
        ("Global", "international"),
        ("Global South", "international"),
        ("Regional", "regional"),
        ("Caribbean", "regional"),
        ("América Latina", "regional"),
        ("EU", "regional"),
    ],
)
def test_a_column_of_countries_may_say_that_there_is_none(text, scope):
    assert resolve(text) == Resolution(None, "none", scope=scope)


def test_a_name_holds_a_country_as_whole_words_only():
    assert countries.names_country("Réseau Foi & Justice antenne France", "FR")
    assert countries.names_country("Les Amis de la Suisse", "CH")
    assert not countries.names_country("Nigerian Traders", "NE")


def test_what_the_network_calls_a_country_changes_nothing_of_how_one_is_recognized():
    before = countries.all_names("TR", "en")
    network.remember(network.Network("Roses", country_names={"TR": {"en": "Turkey"}}))
    assert countries.name("TR", "en") == "Turkey"
    assert countries.all_names("TR", "en") == before
    assert countries.cldr_name("TR", "en") in countries.other_names("TR", "en")
    assert "Turkey" not in countries.other_names("TR", "en")
