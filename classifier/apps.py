from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ClassifierConfig(AppConfig):
    name = "classifier"
    verbose_name = gettext_lazy("Photos and taste")

    def ready(self) -> None:
        from classifier import checks  # noqa: F401  (registers the system checks)
