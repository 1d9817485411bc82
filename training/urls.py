"""Addresses of the pages about training."""

from django.urls import path

from training import views

urlpatterns = [
    path("training/", views.training, name="training"),
    path("training/live/", views.training_live, name="training_live"),
    path("training/start/", views.training_start, name="training_start"),
    path("training/<int:pk>/cancel/", views.training_cancel, name="training_cancel"),
    path("training/<int:pk>/use/", views.training_use, name="training_use"),
    path("training/auto/", views.training_auto, name="training_auto"),
]
