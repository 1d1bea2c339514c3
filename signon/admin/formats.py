"""What django-import-export calls in the admin, over the same writers as the desk's lists."""

from __future__ import annotations

import io
from typing import Any

from import_export.formats.base_formats import Format

from signon.exports.list_writers import TYPES, WRITERS


class _Format(Format):
    extension = ""

    def get_title(self) -> str:
        return self.extension

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return TYPES[self.extension]

    def is_binary(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        file = io.BytesIO()
        WRITERS[self.extension]([dataset.headers, *dataset], file)
        return file.getvalue()


class CSV(_Format):
    extension = "csv"


class XLSX(_Format):
    extension = "xlsx"


class ODS(_Format):
    extension = "ods"


class JSON(_Format):
    extension = "json"
