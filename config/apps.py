from django.apps import AppConfig


class Configuration(AppConfig):
    """An app for its command and its check alone."""

    name = "config"

    def ready(self) -> None:
        from config import privileges  # noqa: F401 -- registers its check
