"""Training jobs over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.paging import KeysetPagination, page_response, read_page
from training import services
from training.models import TrainingJob
from training.status import status_of
from wizard.api import Conflict, signed_in_user
from wizard.keyset import page_of


class HyperparametersSerializer(serializers.Serializer[dict[str, Any]]):
    epochs = serializers.IntegerField(min_value=1, max_value=100, required=False)
    batch_size = serializers.IntegerField(min_value=2, max_value=256, required=False)
    learning_rate = serializers.FloatField(min_value=1e-6, max_value=0.1, required=False)


class EpochSerializer(serializers.Serializer[Any]):
    fold = serializers.IntegerField(help_text="0: the run that becomes the version; 1 and up: those that judge it.")
    epoch = serializers.IntegerField()
    loss = serializers.FloatField()
    accuracy = serializers.FloatField()


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(TrainingJob.Status.choices)
    trigger = serializers.ChoiceField(TrainingJob.Trigger.choices)
    phase = serializers.ChoiceField(TrainingJob.Phase.choices, allow_blank=True)
    done = serializers.FloatField(help_text="Share of the work, in [0, 1].")
    waits_behind = serializers.IntegerField(help_text="Open jobs that come before this one, while it waits.")
    current_epoch = serializers.IntegerField()
    epochs = serializers.IntegerField()
    current_loss = serializers.FloatField(allow_null=True)
    current_accuracy = serializers.FloatField(allow_null=True)
    samples_per_s = serializers.FloatField(allow_null=True)
    eta_s = serializers.FloatField(allow_null=True, help_text="Seconds to the end, null while unknown.")
    history = EpochSerializer(many=True)
    likes = serializers.IntegerField()
    dislikes = serializers.IntegerField()
    outcome = serializers.CharField()
    error = serializers.CharField()
    version_id = serializers.IntegerField(allow_null=True)
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def _job_or_404(request: Request, pk: int) -> TrainingJob:
    return get_object_or_404(TrainingJob.objects.owned_by(signed_in_user(request)), pk=pk)


def _said(job: TrainingJob) -> Any:
    return JobSerializer(status_of(job)).data


class JobList(APIView):
    pagination_class = KeysetPagination

    @extend_schema(operation_id="training_jobs_list", responses=JobSerializer(many=True))
    def get(self, request: Request) -> Response:
        jobs = TrainingJob.objects.owned_by(signed_in_user(request))
        page = read_page(request, lambda after, size: page_of(jobs, key=["pk"], after=after, size=size))
        return page_response(request, page, [_said(job) for job in page.rows])

    @extend_schema(request=HyperparametersSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Learn from the answers so far. 409: a job is open; 422: too few answers (with counts), or none new."""
        wanted = HyperparametersSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            job = services.start_training(owner=signed_in_user(request), hyperparameters=wanted.validated_data)
        except services.JobAlreadyOpen as refused:
            raise Conflict(str(refused), code=refused.code) from refused
        except services.CannotTrain as refused:
            body = {"detail": str(refused), "code": refused.code, **vars(refused)}  # with the counts, if it has some
            return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
        return Response(_said(job), status=status.HTTP_202_ACCEPTED)


class JobDetail(APIView):
    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_said(_job_or_404(request, pk)))


class JobCancel(APIView):
    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """A job that waits ends at once, one that runs within two seconds. 409: it has ended already."""
        job = _job_or_404(request, pk)
        try:
            services.cancel_job(job=job)
        except services.JobHasEnded as ended:
            raise Conflict(str(ended), code="job_ended") from ended
        return Response(_said(job))
