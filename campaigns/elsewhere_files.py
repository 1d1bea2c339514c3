"""Files in a bucket (S3, or what speaks as it does): the same names, and nobody is led there past our views."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urljoin

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage


class BucketFiles(S3Storage):
    """A file is there whole or not at all, as S3 has it; a bucket that does not answer is as a disk that fails."""

    def url(self, name: str | None, *arguments: Any, **options: Any) -> str:
        """Our own address: campaigns.views.files decides who has what, and a bucket's would end or tell."""
        return urljoin(settings.MEDIA_URL, quote(name or ""))

    def exists(self, name: str) -> bool:
        with _as_a_disk():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _as_a_disk():
            super().delete(name)

    def size(self, name: str) -> int:
        with _as_a_disk():
            return int(super().size(name))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_a_disk():
            found = super()._open(name, mode)
            if "r" in mode:
                found.file  # noqa: B018 -- fetched now: what fails fails before an answer begins
            return found

    def _save(self, name: str, content: Any) -> str:
        with _as_a_disk():
            return str(super()._save(name, content))


@contextmanager
def _as_a_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(errno.EIO, f"The bucket did not answer ({type(error).__name__})") from error
