"""Server-sent events: `GET /api/events`."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from wizard.api import AnyAccept, signed_in_user
from wizard.listeners import listeners, missed

COMES_AGAIN_SECONDS = 30
EVENT_ID = re.compile(r"^[0-9]{1,18}-[0-9]{1,18}$")


class EventStream(HttpResponse):
    """What was missed; where the server can, the connection stays open for what comes (`wizard/wsgi.py`)."""

    def __init__(self, owner_id: int, last_id: str) -> None:
        text, self.after = missed(owner_id, last_id)
        self.owner_id = owner_id
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy passes each event on at once
        super().__init__(text, content_type="text/event-stream; charset=utf-8", headers=headers)


class Events(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="events",
        parameters=[
            OpenApiParameter(
                "Last-Event-ID",
                {"type": "string", "pattern": EVENT_ID.pattern},
                OpenApiParameter.HEADER,
                description="Go on after this event; browsers send it.",
            )
        ],
        responses={(200, "text/event-stream"): OpenApiResponse(str, description="Events, one after another.")},
    )
    def get(self, request: Request) -> HttpResponse:
        """What happens, as it happens: photos scored, the progress of a training, a version activated.

        The connection ends after some minutes; come again with the last id, and nothing is missed. The event `resync`
        says that something may have been: look at what matters to you anew.
        """
        owner = signed_in_user(request)
        last_id = request.headers.get("Last-Event-ID", "")
        if last_id and not EVENT_ID.fullmatch(last_id):
            raise exceptions.ValidationError({"detail": gettext("Last-Event-ID is the id of an event that was sent.")})
        if not listeners.has_room_for(owner.pk):
            raise exceptions.Throttled(COMES_AGAIN_SECONDS, gettext("Too many are listening already; try again later."))
        return EventStream(owner.pk, last_id)
