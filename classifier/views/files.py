"""The pictures themselves, to their owner alone."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from classifier.images import IMAGE_TYPE, THUMBNAIL_TYPE
from classifier.models import Photo
from classifier.views.common import SignedInRequest, photo_or_404

# A picture never changes under its address. One browser alone keeps it, for whoever it was sent to.
FOREVER = "private, max-age=31536000, immutable"


@require_safe
@login_required
def photo_image(request: SignedInRequest, pk: int) -> HttpResponseBase:
    return picture(photo_or_404(request, pk).image, IMAGE_TYPE)


@require_safe
@login_required
def photo_thumbnail(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Of a photo in the trash too, which has a page no more."""
    photos = Photo.objects
    shown = photos.owned_by(request.user).filter(pk=pk).first() or photos.in_trash(request.user).filter(pk=pk).first()
    if shown is None:
        raise Http404
    return picture(shown.thumbnail, THUMBNAIL_TYPE)


def picture(file: FieldFile, content_type: str) -> HttpResponseBase:
    """Whoever comes here may see it. Raises Http404 when it is gone."""
    response = _left_to_nginx(file, content_type) if settings.WIZARD_X_ACCEL else _sent(file, content_type)
    response.headers["Cache-Control"] = FOREVER
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def _sent(file: FieldFile, content_type: str) -> HttpResponseBase:
    try:
        return FileResponse(file.open("rb"), content_type=content_type)
    except FileNotFoundError as error:  # deleted in this moment
        raise Http404 from error


def _left_to_nginx(file: FieldFile, content_type: str) -> HttpResponseBase:
    """Its name alone: nginx reads the file, and no thread waits for whoever looks at it (deploy/nginx.conf)."""
    if not file.storage.exists(str(file.name)):
        raise Http404
    where = f"{settings.WIZARD_X_ACCEL}{quote(str(file.name))}"
    return HttpResponse(content_type=content_type, headers={"X-Accel-Redirect": where})
