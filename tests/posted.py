"""What a browser posts."""


def typed(**changes):
    """What a browser posts from the form."""
    return {
        "organization_name": "Mujeres Unidas",
        "acronym": "MU",
        "country": "MX",
        "organization_type": "ngo",
        "website": "https://mujeresunidas.example",
        "representative_name": "Ana López",
        "representative_title": "Director",
        "email": "ana@mujeresunidas.example",
        "authorized": "on",
        "consent_publish": "on",
    } | changes


def in_column(language, saved=True, **words):
    """What a browser posts of one of the languages side by side, and with which button."""
    return {f"{language}-{name}": value for name, value in words.items()} | ({"language": language} if saved else {})
