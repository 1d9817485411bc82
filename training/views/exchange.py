"""Versions as files: out to another machine, in from one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from classifier.views.common import SignedInRequest
from training import exchange
from training.versions import FileIsGone
from training.views.versions import version_or_404


@require_safe
@login_required
def version_export(request: SignedInRequest, number: int) -> HttpResponseBase:
    version = version_or_404(request, number)
    try:
        file = exchange.export_version(version)
    except FileIsGone as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("versions"))
    return FileResponse(file, as_attachment=True, filename=exchange.file_name(version))


@require_POST
@login_required
def version_import(request: SignedInRequest) -> HttpResponseBase:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, gettext("Choose a file to import."))
        return HttpResponseRedirect(reverse("versions"))
    try:
        version = exchange.import_version(owner=request.user, file=file, name=file.name or "")
    except exchange.ImportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            gettext("%(version)s is here, imported from %(file)s. Nothing changes until you use it.")
            % {"version": version, "file": version.imported_from},
        )
    return HttpResponseRedirect(reverse("versions"))
