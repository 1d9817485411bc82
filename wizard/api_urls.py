"""The API's addresses: those of each app, the token and the schema."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authtoken.views import ObtainAuthToken

urlpatterns = [
    path("auth/token", ObtainAuthToken.as_view(), name="api_token"),
    path("schema", SpectacularAPIView.as_view(), name="api_schema"),
    path("", include("classifier.api.urls")),
]
