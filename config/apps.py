from django.apps import AppConfig


class Configuration(AppConfig):
    """An app for its command and its checks alone."""

    name = "config"

    def ready(self) -> None:
        from config import privileges, promises  # noqa: F401 -- they register their checks
