"""The API's addresses: those of each app, the tokens, the schema and its page."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from wizard import api_account, api_tokens
from wizard.api_docs import DocsView, SchemaView
from wizard.api_events import Events

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("auth/tokens", api_tokens.Tokens, basename="api_token")

urlpatterns = [
    path("account", api_account.Account.as_view(), name="api_account"),
    path("account/export", api_account.Export.as_view(), name="api_account_export"),
    path("auth/token", api_tokens.SignIn.as_view(), name="api_sign_in"),
    path("events", Events.as_view(), name="api_events"),
    path("schema", SchemaView.as_view(), name="api_schema"),
    path("docs", DocsView.as_view(), name="api_docs"),
    path("", include(router.urls)),
    path("", include("classifier.api.urls")),
    path("", include("training.api_urls")),
]
