"""Where files are kept: in folders of this machine, or in a bucket that all machines share."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

BACKEND = "campaigns.elsewhere_files.BucketFiles"
WRONG = "FILES_URL must be like s3://KEY:SECRET@s3.eu-central-1.amazonaws.com/bucket?region=eu-central-1"
ASKED = {"region", "http"}


def storages(private: Path) -> dict[str, dict[str, Any]]:
    """The two places: what is published, and what no address leads to; raises ImproperlyConfigured for nonsense."""
    #: A bucket for files, where web and workers run on several machines: `s3://KEY:SECRET@host/bucket?region=…`.
    #: Without it files are in UNDERSIGNED_VAR, which is then to be one folder for all.
    address = env.str("FILES_URL", "")
    if not address:
        whole = "campaigns.whole_files.WholeFiles"
        options = {"location": private, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"default": {"BACKEND": whole}, "private": {"BACKEND": whole, "OPTIONS": options}}
    bucket = _bucket(address)
    return {
        name: {"BACKEND": BACKEND, "OPTIONS": bucket | {"location": folder}}
        for name, folder in (("default", "media"), ("private", "private"))
    }


def _bucket(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    name, asked = parts.path.strip("/"), parse_qs(parts.query)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ImproperlyConfigured(f"{WRONG}.") from error
    if parts.scheme != "s3" or not parts.hostname or not name or "/" in name or set(asked) - ASKED:
        raise ImproperlyConfigured(f"{WRONG}; with &http=1 where the server speaks no TLS.")
    if not parts.username or not parts.password:
        raise ImproperlyConfigured(f"{WRONG}: the key and its secret stand in it.")
    scheme = "http" if asked.get("http") == ["1"] else "https"
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{scheme}://{parts.hostname}{port}",
        "bucket_name": name,
        "region_name": asked.get("region", ["us-east-1"])[0],
    }
