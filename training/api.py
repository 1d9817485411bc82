"""Training jobs over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api import examples
from classifier.api.paging import KeysetPagination, choice, page_response, read_page
from training import api_examples, services
from training.models import MOST_IN_A_KEY, TrainingJob
from training.status import status_of
from wizard.api import Conflict, signed_in_user
from wizard.keyset import page_of
from wizard.schema import ErrorSerializer, refused
from wizard.strict import StrictSerializer, only_parameters


@extend_schema_serializer(
    examples=[examples.heard("As it thinks best", {}), examples.heard("Fewer epochs", {"epochs": 6})]
)
class HyperparametersSerializer(StrictSerializer):
    """What is left out is chosen for you."""

    epochs = serializers.IntegerField(min_value=1, max_value=100, required=False)
    batch_size = serializers.IntegerField(min_value=2, max_value=256, required=False)
    learning_rate = serializers.FloatField(min_value=1e-6, max_value=0.1, required=False)


class EpochSerializer(serializers.Serializer[Any]):
    fold = serializers.IntegerField(help_text="0: the run that becomes the version; 1 and up: those that judge it.")
    epoch = serializers.IntegerField()
    loss = serializers.FloatField()
    accuracy = serializers.FloatField()


@extend_schema_serializer(examples=[examples.said("A running job", api_examples.JOB)])
class JobSerializer(serializers.Serializer[Any]):
    """How a training stands: live while it runs."""

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
    likes = serializers.IntegerField(help_text="Likes and super likes that it learns from.")
    dislikes = serializers.IntegerField()
    outcome = serializers.CharField(help_text="In one sentence, when it completed.")
    error = serializers.CharField(help_text="In one sentence, when it failed.")
    version_id = serializers.IntegerField(allow_null=True, help_text="The version it made, when it completed.")
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def _job_or_404(request: Request, pk: int) -> TrainingJob:
    return get_object_or_404(TrainingJob.objects.owned_by(signed_in_user(request)), pk=pk)


def _said(job: TrainingJob) -> Any:
    return JobSerializer(status_of(job)).data


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": MOST_IN_A_KEY, "pattern": "^[!-~]+( +[!-~]+)*$"},
    OpenApiParameter.HEADER,
    description="A word of your own for this one start: sent again, it is answered with the job it began.",
)


class TooFewAnswersSerializer(ErrorSerializer):
    likes = serializers.IntegerField(required=False, help_text="Of too_few_labels: how many there are.")
    dislikes = serializers.IntegerField(required=False)
    minimum = serializers.IntegerField(required=False, help_text="Of each.")


class JobList(APIView):
    pagination_class = KeysetPagination
    throttle_scopes = {"POST": "train"}

    @extend_schema(
        operation_id="training_jobs_list",
        parameters=[choice("status", tuple(TrainingJob.Status.values), "Only those that stand like this.")],
        responses=JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Trainings, newest first.

        At most one of them is open: pending or running.
        """
        only_parameters(request, "status", "cursor", "page_size")
        jobs = TrainingJob.objects.owned_by(signed_in_user(request))
        if wanted := request.query_params.get("status"):
            if wanted not in TrainingJob.Status.values:
                raise exceptions.ValidationError(
                    {"status": gettext("It is one of %(words)s.") % {"words": ", ".join(TrainingJob.Status.values)}}
                )
            jobs = jobs.filter(status=wanted)
        page = read_page(request, lambda after, size: page_of(jobs, key=["pk"], after=after, size=size))
        return page_response(request, page, [_said(job) for job in page.rows])

    @extend_schema(
        operation_id="training_jobs_start",
        parameters=[IDEMPOTENCY_KEY],
        request=HyperparametersSerializer,
        responses={
            202: OpenApiResponse(
                JobSerializer,
                description="It is queued; follow it at its address.",
                examples=[OpenApiExample("Queued", api_examples.WAITING)],
            ),
            409: refused("One is open already.", job_open="A training is under way; let it end, or cancel it."),
            422: OpenApiResponse(
                TooFewAnswersSerializer,
                description="There is nothing to learn from, or the key was used for something else.",
                examples=[
                    OpenApiExample("too_few_labels", api_examples.TOO_FEW),
                    OpenApiExample("nothing_new", {"detail": str(services.NothingNew()), "code": "nothing_new"}),
                    OpenApiExample(
                        "idempotency_key_reused",
                        {"detail": str(services.KeyReused()), "code": "idempotency_key_reused"},
                    ),
                ],
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Learn from the answers so far.

        It makes a new version, which takes over only if it is measured as better. With an `Idempotency-Key` a
        repeated request starts nothing new: it is answered with the job that the first one began, also after that
        has ended.
        """
        wanted = HyperparametersSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            job = services.start_training(
                owner=signed_in_user(request),
                hyperparameters=wanted.validated_data,
                idempotency_key=_idempotency_key(request),
            )
        except services.JobAlreadyOpen as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        except services.CannotTrain as refusal:
            body = {"detail": str(refusal), "code": refusal.code, **vars(refusal)}  # with the counts, if it has some
            return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
        return Response(_said(job), status=status.HTTP_202_ACCEPTED)


def _idempotency_key(request: Request) -> str:
    """What the header says, or nothing; one that could not be told from another is a 400."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not key.strip() or len(key) > MOST_IN_A_KEY or not all(" " <= character <= "~" for character in key):
        sentence = gettext("An Idempotency-Key has 1 to %(most)s characters of printable ASCII.") % {
            "most": MOST_IN_A_KEY
        }
        raise exceptions.ValidationError({"Idempotency-Key": sentence})
    return key


class JobDetail(APIView):
    @extend_schema(operation_id="training_jobs_get", responses=JobSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """How a training stands.

        While it runs, `phase`, `done`, `current_loss` and `eta_s` are renewed several times a second: asking once a
        second is plenty.
        """
        return Response(_said(_job_or_404(request, pk)))


class JobCancel(APIView):
    @extend_schema(
        operation_id="training_jobs_cancel",
        request=None,
        responses={
            200: OpenApiResponse(JobSerializer, examples=[OpenApiExample("Cancelled", api_examples.CANCELLED)]),
            409: refused("It is over.", job_ended="This training has ended already: it is completed."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Cancel a training.

        One that waits ends at once, one that runs within two seconds. Nothing of it is kept.
        """
        job = _job_or_404(request, pk)
        try:
            services.cancel_job(job=job)
        except services.JobHasEnded as ended:
            raise Conflict(str(ended), code="job_ended") from ended
        return Response(_said(job))
