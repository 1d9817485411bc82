from django.urls import path

from training import api

urlpatterns = [
    path("training/jobs", api.JobList.as_view(), name="api_training_jobs"),
    path("training/jobs/<int:pk>", api.JobDetail.as_view(), name="api_training_job"),
    path("training/jobs/<int:pk>/cancel", api.JobCancel.as_view(), name="api_training_cancel"),
]
