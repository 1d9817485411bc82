"""Uploads through the API: no part of a request is left out in silence, whatever its file is called."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.base import File
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext
from rest_framework import exceptions, parsers
from rest_framework.request import Request

from classifier.images import as_named, clean_name
from classifier.services import Rejection

MAX_HEADER_BYTES = 2**16
OF_PAGES = "csrfmiddlewaretoken"


class Utf8Headers:
    """A multipart body whose headers are all UTF-8, for Django, which skips a part with a header in another encoding.

    Old programs send names in the encoding of Windows. `parts` counts the parts that were read.
    """

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self.parts = 0
        self._stream, self._delimiter = stream, b"--" + boundary
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Empty at the end alone."""
        while chunk := self._stream.read(size):
            if found := self._converted(self._rest + chunk):
                return found
        last, self._rest = self._rest, b""
        return last

    def _converted(self, data: bytes) -> bytes:
        """Keeps back what may be the beginning of a delimiter, or a header that has not arrived as a whole."""
        found: list[bytes] = []
        place = 0
        while (start := data.find(self._delimiter, place)) >= 0:
            end = data.find(b"\r\n\r\n", start)
            if end < 0 and len(data) - start < MAX_HEADER_BYTES:
                self._rest = data[start:]
                return b"".join([*found, data[place:start]])
            end = max(end, start + len(self._delimiter))
            header = data[start:end]
            self.parts += not header.startswith(self._delimiter + b"--")
            found += [data[place:start], b"\r\n".join(map(_in_utf8, header.split(b"\r\n")))]
            place = end
        held = min(len(self._delimiter) - 1, len(data) - place)
        self._rest = data[len(data) - held :]
        return b"".join([*found, data[place : len(data) - held]])


def _in_utf8(line: bytes) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode()
    return line


class _EveryPart(MultiPartParser):
    def __init__(self, meta: Any, stream: Any, handlers: Any, encoding: str) -> None:
        super().__init__(meta, stream, handlers, encoding)
        self._input_data = self._read = Utf8Headers(stream, self._boundary)  # type: ignore[attr-defined]  # no stub

    def sanitize_file_name(self, file_name: str) -> str:
        """Never empty: Django would leave out a file that is called "..", for one."""
        return clean_name(as_named(file_name))

    def parse(self) -> tuple[Any, Any]:
        """Raises MultiPartParserError for a part that has no name of a field."""
        data, files = super().parse()
        if sum(len(values) for _, values in (*data.lists(), *files.lists())) < self._read.parts:
            for _, unused in files.lists():
                for file in unused:
                    file.close()
            raise MultiPartParserError(gettext("a part does not say of which field it is"))
        return data, files


class UploadParser(parsers.BaseParser):
    media_type = "multipart/form-data"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> parsers.DataAndFiles[Any, Any]:
        request = parser_context["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        encoding = parser_context.get("encoding", settings.DEFAULT_CHARSET)
        try:
            data, files = _EveryPart(meta, stream, request.upload_handlers, encoding).parse()
        except MultiPartParserError as error:
            raise exceptions.ParseError(
                gettext("The upload could not be read: %(why)s.") % {"why": str(error).rstrip(".")}
            ) from error
        return parsers.DataAndFiles(data, files)


class Upload(NamedTuple):
    files: list[File[bytes]]
    bio: str
    misplaced: list[Rejection]


def read_upload(request: Request) -> Upload:
    """What a request brings; every part of it is used or named. Raises ValidationError when nothing may be added."""
    files = request.FILES.getlist("files")
    bios = request.POST.getlist("bio")
    wrong = {name: gettext("There is no such field.") for name in request.POST if name not in ("bio", OF_PAGES)}
    if any(request.POST.getlist("files")):
        wrong["files"] = gettext("Send each file with a file name.")
    elif not files:
        wrong["files"] = gettext("Send at least one file, under the name `files`.")
    else:
        wrong.pop("files", None)  # a form in which nothing was chosen there
    if len(bios) > 1:
        wrong["bio"] = gettext("Give one bio; it is kept with each of the files.")
    if wrong:
        raise exceptions.ValidationError(wrong)
    reason = gettext("This file came in the field “%(field)s”; send it in the field “files”.")
    misplaced = [
        Rejection(name=file.name or "", reason=reason % {"field": field}, code="unknown_field")
        for field, others in request.FILES.lists()
        if field != "files"
        for file in others
    ]
    return Upload(files, "".join(bios), misplaced)
