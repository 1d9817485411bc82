"""The pictures themselves, to their owner alone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from classifier.images import IMAGE_TYPE, THUMBNAIL_TYPE
from classifier.views.common import SignedInRequest, photo_or_404

# A picture never changes under its address (which carries its fingerprint), and is kept by one browser only.
FOREVER = "private, max-age=31536000, immutable"


@require_safe
@login_required
def photo_image(request: SignedInRequest, pk: int) -> FileResponse:
    return picture(photo_or_404(request, pk).image, IMAGE_TYPE)


@require_safe
@login_required
def photo_thumbnail(request: SignedInRequest, pk: int) -> FileResponse:
    return picture(photo_or_404(request, pk).thumbnail, THUMBNAIL_TYPE)


def picture(file: FieldFile, content_type: str) -> FileResponse:
    """Raises Http404 when it is gone."""
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:  # deleted in this moment
        raise Http404 from error
    response = FileResponse(opened, content_type=content_type)
    response["Cache-Control"] = FOREVER
    return response
