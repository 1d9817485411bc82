"""The Celery application: queues `score` and `train`, and the beat schedule (in settings)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.settings")
app = Celery("wizard", task_cls="wizard.task_log:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
