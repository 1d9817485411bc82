"""Addresses of the pages about training."""

from django.urls import path

from training.views import exchange, home, versions
from training.views import training as views

urlpatterns = [
    path("", home.home, name="home"),
    path("home/thresholds/", home.home_thresholds, name="home_thresholds"),
    path("home/first-steps/", home.home_first_steps, name="home_first_steps"),
    path("training/", views.training, name="training"),
    path("training/live/", views.training_live, name="training_live"),
    path("training/start/", views.training_start, name="training_start"),
    path("training/<int:pk>/cancel/", views.training_cancel, name="training_cancel"),
    path("training/auto/", views.training_auto, name="training_auto"),
    path("versions/", versions.versions, name="versions"),
    path("versions/progress/", versions.versions_progress, name="versions_progress"),
    path("versions/compare/", versions.versions_compare, name="versions_compare"),
    path("versions/<int:number>/activate/", versions.version_activate, name="version_activate"),
    path("versions/import/", exchange.version_import, name="version_import"),
    path("versions/<int:number>/export/", exchange.version_export, name="version_export"),
    path("versions/<int:number>/pin/", versions.version_pin, name="version_pin"),
    path("versions/<int:number>/delete/", versions.version_delete, name="version_delete"),
]
