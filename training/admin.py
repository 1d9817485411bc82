from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from training import services, versions
from training.models import Activation, ModelVersion, TrainingJob
from wizard.read_only_admin import ReadOnlyAdmin


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    actions = ["activate", "delete_for_good"]
    list_display = ["owner", "version_number", "model_type", "backbone", "is_active", "is_pinned", "size", "results"]
    list_filter = ["model_type", "is_active", "backbone", ("deleted_at", admin.EmptyFieldListFilter)]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]
    date_hierarchy = "created_at"
    exclude = ["imported_from"]  # the name of a file of its owner's

    @admin.display(description="results")
    def results(self, version: ModelVersion) -> str:
        """Leads to what it said of photos."""
        address = reverse("admin:classifier_classificationresult_changelist")
        return format_html('<a href="{}?model_version__id__exact={}">Results</a>', address, version.pk)

    @admin.action(description=gettext_lazy("Let the selected versions serve their owners"), permissions=["view"])
    def activate(self, request: HttpRequest, selected: QuerySet[ModelVersion]) -> None:
        chosen = list(selected.filter(deleted_at=None).select_related("owner"))
        if len({version.owner_id for version in chosen}) < len(chosen) or not chosen:
            self.message_user(
                request, gettext("Choose one version of each owner, none that was deleted."), messages.WARNING
            )
            return
        for version in chosen:
            try:
                versions.activate_version(version=version, reason=Activation.Reason.ADMIN)
                self.message_user(
                    request,
                    gettext("%(version)s serves %(owner)s now.") % {"version": version, "owner": version.owner},
                    messages.SUCCESS,
                )
            except versions.CannotServe as refused:
                self.message_user(request, str(refused), messages.WARNING)

    @admin.action(description=gettext_lazy("Delete the selected versions; answers stay"), permissions=["view"])
    def delete_for_good(self, request: HttpRequest, selected: QuerySet[ModelVersion]) -> HttpResponse | None:
        chosen = selected.filter(deleted_at=None).select_related("owner")
        if "sure" not in request.POST:
            page = {**self.admin_site.each_context(request), "title": gettext("Delete versions?"), "versions": chosen}
            return TemplateResponse(request, "admin/delete_versions.html", page)
        deleted = 0
        for version in chosen:
            try:
                versions.delete_version(version=version)
                deleted += 1
            except versions.CannotDelete as refused:
                self.message_user(request, str(refused), messages.WARNING)
        if deleted:
            self.message_user(request, gettext("%(number)s deleted.") % {"number": deleted}, messages.SUCCESS)
        return None


@admin.register(Activation)
class ActivationAdmin(ReadOnlyAdmin):
    list_display = ["owner", "version", "reason", "at"]
    list_filter = ["reason"]
    search_fields = ["owner__username"]
    list_select_related = ["owner", "version"]


@admin.register(TrainingJob)
class TrainingJobAdmin(ReadOnlyAdmin):
    actions = ["cancel", "retry"]
    list_display = ["owner", "status", "trigger", "current_epoch", "current_accuracy", "created_at", "finished_at"]
    list_filter = ["status", "trigger"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]

    @admin.action(description=gettext_lazy("Cancel the selected jobs"), permissions=["view"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[TrainingJob]) -> None:
        for job in jobs:
            try:
                services.cancel_job(job=job)
            except services.JobHasEnded as ended:
                self.message_user(request, f"{job}: {ended}", messages.WARNING)

    @admin.action(description=gettext_lazy("Train again with the owners' present answers"), permissions=["view"])
    def retry(self, request: HttpRequest, jobs: QuerySet[TrainingJob]) -> None:
        for job in jobs.select_related("owner"):
            try:
                services.start_training(owner=job.owner, hyperparameters=job.hyperparameters)
            except services.CannotTrain as refused:
                self.message_user(request, f"{job}: {refused}", messages.WARNING)
