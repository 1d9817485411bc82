"""`/metrics` for Prometheus: to staff, or with a token of somebody who is. What it counts is in Redis and the database,
so any web process answers for all of them, and prometheus_client only writes it down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView

from wizard import beat, figures, measures
from wizard.api import AnyAccept
from wizard.queues import queue_lengths


class Figures(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _requests()
        queues = queue_lengths() or {}
        waiting = GaugeMetricFamily("wizard_queue_messages", "Messages that wait for a worker.", labels=["queue"])
        for queue, length in queues.items():
            waiting.add_metric([queue.replace(" ", "_")], length)
        yield waiting
        yield _by_status("wizard_photos", "Photos of everybody.", figures.photos_by_status())
        yield _by_status("wizard_training_jobs", "Training jobs of everybody.", figures.jobs_by_status())
        oldest = figures.oldest_queued()
        yield GaugeMetricFamily(
            "wizard_oldest_queued_photo_seconds",
            "How long the photo that waits longest has waited.",
            value=oldest.total_seconds() if oldest else 0,
        )
        since = beat.seconds_since()
        if since is not None:
            yield GaugeMetricFamily("wizard_beat_seconds", "Since beat was heard of.", value=since)
        free = shutil.disk_usage(settings.DATA_DIR).free
        yield GaugeMetricFamily("wizard_disk_free_bytes", "Left where everything is kept.", value=free)


def _requests() -> Iterator[Metric]:
    counts, histograms = measures.requests()
    asked = CounterMetricFamily("wizard_requests", "Requests answered.", labels=["method", "route", "status"])
    for labels, count in sorted(counts.items()):
        asked.add_metric(labels, count)
    yield asked
    took = HistogramMetricFamily("wizard_request_seconds", "How long an answer took to begin.", labels=["route"])
    for each in histograms:
        edges, so_far = [*map(str, measures.BUCKETS), "+Inf"], 0
        buckets = []
        for edge, count in zip(edges, each.counts, strict=True):
            so_far += count
            buckets.append((edge, so_far))
        took.add_metric([each.route], buckets, each.seconds)
    yield took


def _by_status(name: str, meaning: str, counted: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=["status"])
    for status, count in counted.items():
        family.add_metric([status], count)
    return family


class Metrics(APIView):
    content_negotiation_class = AnyAccept
    permission_classes = [IsAdminUser]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Figures())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
