"""Files in a bucket (S3, or what speaks as it does): the same names, and nobody is led there past our views."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urljoin

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from campaigns.whole_files import FilesAway

# Whatever the libraries raise where a bucket is away, refuses, or ends in the midst of a file.
FAILURES = (BotoCoreError, Boto3Error, ClientError, RetriesExceededError)
# A larger file is in a temporary one while it is read.
MOST_IN_MEMORY = 1024 * 1024


class BucketFiles(S3Storage):
    """A file is there whole or not at all, as S3 has it; a bucket that does not answer is as a disk that is away."""

    def get_default_settings(self) -> dict[str, Any]:
        """As on a disk: nothing is written over, nobody but us reads it, and who asks does not wait for minutes."""
        waits = {"connect_timeout": 3, "read_timeout": 20, "retries": {"max_attempts": 2}}
        return super().get_default_settings() | {
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": MOST_IN_MEMORY,
            "client_config": Config(s3={"addressing_style": "path"}, signature_version="s3v4", **waits),
        }

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
    except FAILURES as error:
        raise FilesAway(errno.EIO, f"The bucket did not answer ({type(error).__name__})") from error
