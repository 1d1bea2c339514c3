from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from campaigns import sharing
from campaigns.countdown import until

NOW = datetime(2026, 3, 8, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "language", "words"),
    [
        (timedelta(days=10, hours=3), "en", "in 10 days"),
        (timedelta(days=2), "fr", "dans 2 jours"),
        (timedelta(hours=47), "en", "in 47 hours"),
        (timedelta(minutes=90), "es", "dentro de 90 minutos"),
        (timedelta(seconds=5), "en", "in 1 minute"),
        (timedelta(0), "en", ""),
        (-timedelta(days=1), "en", ""),
    ],
)
def test_how_long_there_is(left, language, words):
    with translation.override(language):
        assert until(NOW + left, NOW) == words


def test_every_language_has_words():
    for language in ("en", "fr", "es", "ar"):
        with translation.override(language):
            assert "3" in until(NOW + timedelta(days=3), NOW)


def test_what_is_shared_is_the_title_and_the_address_and_nothing_that_could_end_them():
    for way in sharing.ways("Bread & Roses #1?", "https://x.example/a/?b=c&d"):
        assert way.url.count("&") <= 1
        assert "https%3A%2F%2Fx.example%2Fa%2F%3Fb%3Dc%26d" in way.url
    assert sharing.mail("A & B", "https://x.example/") == "mailto:?subject=A%20%26%20B&body=https%3A%2F%2Fx.example%2F"
