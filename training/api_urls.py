from django.urls import path

from training import api, api_exchange, api_stats, api_versions

urlpatterns = [
    path("training/jobs", api.JobList.as_view(), name="api_training_jobs"),
    path("training/jobs/<int:pk>", api.JobDetail.as_view(), name="api_training_job"),
    path("training/jobs/<int:pk>/cancel", api.JobCancel.as_view(), name="api_training_cancel"),
    path("stats", api_stats.StatsView.as_view(), name="api_stats"),
    path("models/compare", api_versions.Compare.as_view(), name="api_compare"),
    path("models/versions", api_versions.VersionList.as_view(), name="api_versions"),
    path("models/versions/import", api_exchange.VersionImport.as_view(), name="api_version_import"),
    path("models/versions/<int:pk>/export", api_exchange.VersionExport.as_view(), name="api_version_export"),
    path("models/versions/<int:pk>", api_versions.VersionDetail.as_view(), name="api_version"),
    path("models/versions/<int:pk>/activate", api_versions.VersionActivate.as_view(), name="api_version_activate"),
]
