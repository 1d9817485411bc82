"""Addresses: pages, API, admin, health."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from wizard import accounts, health, metrics, status
from wizard.favicon import favicon
from wizard.script_words import ScriptWords

handler400 = "wizard.errors.bad_request"
handler403 = "wizard.errors.permission_denied"
handler404 = "wizard.errors.not_found"
handler500 = "wizard.errors.server_error"

urlpatterns = [
    path("", include("classifier.urls")),
    path("", include("training.urls")),
    path("accounts/", include("wizard.accounts_urls")),
    path("api/", include("wizard.api_urls")),
    path("admin/login/", accounts.admin_sign_in),  # before the admin's own: there is one door
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("language/<slug:language>-<slug:edition>.js", ScriptWords.as_view(), name="script_words"),
    path("favicon.ico", favicon, name="favicon"),
    path("status/", status.status, name="status"),
    path("metrics", metrics.Metrics.as_view(), name="metrics"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
