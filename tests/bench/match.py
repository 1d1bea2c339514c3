"""How long it takes to find one name among so many made-up organizations, and to judge what was found."""

import random
import statistics
import time
from typing import Any

from django.db import connection, transaction

from signon.geography import countries
from signon.matching import Party, prepare
from signon.models import Organization
from signon.naming import names
from signon.naming.candidates import find
from signon.naming.name_keys import keys_of
from signon.naming.vocabulary import lines
from tests.bench.whole import FULL

MANY, LIMIT, ROUNDS = (100_000 if FULL else 20_000), 50, 5
# Common words alone, rare ones, acronyms, other scripts: each asks for another mixture of keys.
ASKED = [
    "International Women's Network",
    "Association des femmes",
    "Women",
    "Women's Network for Peace and Development Kenya",
    "Centro de Derechos Humanos",
    "Human Rights",
    "Tebtebba",
    "Kilusang Magbubukid ng Pilipinas",
    "Confederación Sindical de Trabajadores de las Américas (CSA)",
    "ITUC",
    "شبكة النساء",
    "Union",
]


def measure() -> list[dict[str, Any]]:
    """The median over all of `ASKED` in milliseconds; what it stores is rolled back. Needs a database that is set up.

    Each name is asked as if no candidate had ever been judged before, the lists of words being read already.
    """
    with transaction.atomic():
        store(made_up(MANY))
        median = statistics.median(taken for name in ASKED for taken in times(Party(name, "KE")))
        transaction.set_rollback(True)
    return [{"name": f"match {MANY}", "value": median, "unit": "ms", "limit": LIMIT, "ratio": median / LIMIT}]


def times(party: Party) -> list[float]:
    """Milliseconds of some rounds of finding one."""
    find(party)
    found = []
    for _ in range(ROUNDS):
        prepare.cache_clear()
        start = time.perf_counter()
        find(party)
        found.append(1000 * (time.perf_counter() - start))
    return found


def organization(name: str, country: str = "", **fields: Any) -> Organization:
    """One to be saved; its short name in addresses is a number by chance."""
    scope = Organization.Scope.NATIONAL if country else Organization.Scope.INTERNATIONAL
    key, slug = names.search_key(name), f"o-{random.getrandbits(60)}"
    return Organization(slug=slug, name=name, country=country, scope=scope, search_key=key, **fields)


def made_up(count: int) -> list[Organization]:
    """Organizations as directories have them: common words in four languages, places, and now and then a rare word."""
    chance = random.Random(2026)
    rows = [line.split("|") for line in lines("concepts.txt")]
    columns = [[row[at].split()[0].rstrip("*") for row in rows if len(row) > at and row[at].split()] for at in range(4)]
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    rare = ["".join(chance.choices(syllables, k=chance.choice((3, 4)))) for _ in range(5000)]
    small = (("for", "of", "and"), ("pour", "des", "et"), ("por", "de", "y"), ("por", "de", "e"))
    found = []
    for number in range(count):
        at = chance.choice((0, 0, 0, 1, 1, 2, 2, 3))
        # The first words are the commonest: "network", "association", …, and "women" stands in one name of five.
        words = [columns[at][min(int(chance.expovariate(1 / 15)), len(columns[at]) - 1)]]
        words += [chance.choice(columns[at]) for _ in range(chance.choice((0, 1, 1, 2, 2, 3)))]
        if chance.random() < 0.2:
            words.insert(1, ("women", "femmes", "mujeres", "mulheres")[at])
        if chance.random() < 0.4:
            words.append(chance.choice(rare))
        code = chance.choice(countries.CODES)
        name = f" {chance.choice(small[at])} ".join([" ".join(words[:2]), *words[2:]])
        name += f" {countries.name(code, ('en', 'fr', 'es', 'pt')[at])}" if chance.random() < 0.4 else ""
        acronym = "".join(word[0] for word in words).upper() if len(words) > 2 and chance.random() < 0.3 else ""
        website = f"https://o{number}.example"
        found.append(organization(name[:1].upper() + name[1:], code, acronym=acronym, website=website))
    return found


def store(rows: list[Organization]) -> None:
    """As name_keys.index leaves them, but by COPY."""
    Organization.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor, cursor.copy("COPY signon_namekey (organization_id, key) FROM STDIN") as copy:
        for row in rows:
            for key in keys_of(Party(row.name, row.country, row.acronym, row.website)):
                copy.write_row((row.pk, key))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signon_namekey, signon_organization")
