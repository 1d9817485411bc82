"""Staff look at jobs, cancel them and start them again; they change nothing by hand."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from training import services
from training.models import Activation, ModelVersion, TrainingJob
from training.tests.job_samples import version_of
from training.tests.test_starting import answered

JOBS = "/admin/training/trainingjob/"
VERSIONS = "/admin/training/modelversion/"


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


def test_staff_let_a_version_serve_and_delete_another(owner: User, admin_client: Client) -> None:
    base = ModelVersion.objects.active_of(owner)
    second, third = version_of(owner, 2), version_of(owner, 3)
    both = admin_client.post(VERSIONS, {"action": "activate", "_selected_action": [second.pk, third.pk]}, follow=True)
    assert "one version of each owner" in both.content.decode()
    admin_client.post(VERSIONS, {"action": "activate", "_selected_action": [second.pk]})
    assert Activation.objects.owned_by(owner)[0].reason == "admin"
    assert ModelVersion.objects.active_of(owner) == second
    selected = {"action": "delete_for_good", "_selected_action": [base.pk, third.pk]}
    assert "Delete them" in admin_client.post(VERSIONS, selected).content.decode()
    assert ModelVersion.objects.kept().owned_by(owner).count() == 3  # asked, not done
    page = admin_client.post(VERSIONS, selected | {"sure": "1"}, follow=True).content.decode()
    assert "takes no room" in page
    assert "1 deleted" in page
    assert set(ModelVersion.objects.kept().owned_by(owner)) == {base, second}
    assert f"model_version__id__exact={second.pk}" in page
    results = admin_client.get("/admin/classifier/classificationresult/", {"model_version__id__exact": second.pk})
    assert results.status_code == 200


def test_the_name_of_an_imported_file_is_its_owners_alone(owner: User, admin_client: Client) -> None:
    version = version_of(owner)
    ModelVersion.objects.filter(pk=version.pk).update(imported_from="robin-and-i.wizard")
    page = admin_client.get(f"{VERSIONS}{version.pk}/change/")
    assert page.status_code == 200
    assert "robin-and-i" not in page.content.decode()
