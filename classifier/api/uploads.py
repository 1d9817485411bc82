"""Uploads through the API keep the file names they came with, so that path tricks are refused, not tidied away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext
from rest_framework import exceptions, parsers

_LOOKALIKES = str.maketrans({"/": "\N{DIVISION SLASH}", "\\": "\N{SET MINUS}"})


class _NameKeepingParser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """Slashes become look-alikes, harmless in any path; `clean_name` knows and refuses them.

        Django would cut the name down to its last part and drop a file that is called ".." silently.
        """
        kept = file_name.translate(_LOOKALIKES)
        return kept if kept.strip(" .") else f"unnamed{kept}\N{DIVISION SLASH}"


class UploadParser(parsers.BaseParser):
    media_type = "multipart/form-data"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> parsers.DataAndFiles[Any, Any]:
        request = parser_context["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        encoding = parser_context.get("encoding", settings.DEFAULT_CHARSET)
        try:
            data, files = _NameKeepingParser(meta, stream, request.upload_handlers, encoding).parse()
        except MultiPartParserError as error:
            raise exceptions.ParseError(
                gettext("The upload could not be read: %(why)s.") % {"why": str(error).rstrip(".")}
            ) from error
        return parsers.DataAndFiles(data, files)
