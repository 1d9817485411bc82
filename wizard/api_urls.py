"""The API's addresses: those of each app, the token and the schema."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from wizard.api_events import Events
from wizard.api_token import TokenView

urlpatterns = [
    path("auth/token", TokenView.as_view(), name="api_token"),
    path("events", Events.as_view(), name="api_events"),
    path("schema", SpectacularAPIView.as_view(), name="api_schema"),
    path("", include("classifier.api.urls")),
    path("", include("training.api_urls")),
]
