"""Staff look at jobs, cancel them and start them again; they change nothing by hand."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from training import services
from training.models import TrainingJob
from training.tests.test_starting import answered

JOBS = "/admin/training/trainingjob/"


def test_staff_cancel_a_job_and_start_it_again(owner: User, admin_client: Client) -> None:
    answered(owner, 10, 10)
    job = services.start_training(owner=owner, hyperparameters={"epochs": 3})
    admin_client.post(JOBS, {"action": "cancel", "_selected_action": [job.pk]})
    job.refresh_from_db()
    assert job.status == TrainingJob.Status.CANCELLED
    admin_client.post(JOBS, {"action": "retry", "_selected_action": [job.pk]})
    again = TrainingJob.objects.open().get()
    assert (again.owner, again.epochs) == (owner, 3)
    assert admin_client.get(f"{JOBS}add/").status_code == 403


def test_what_cannot_be_done_is_said(owner: User, admin_client: Client) -> None:
    answered(owner, 10, 10)
    job = services.start_training(owner=owner)
    services.cancel_job(job=job)
    page = admin_client.post(JOBS, {"action": "cancel", "_selected_action": [job.pk]}, follow=True)
    assert "has ended already" in page.content.decode()
