from django.apps import AppConfig


class ClassifierConfig(AppConfig):
    name = "classifier"
    verbose_name = "Photos and taste"

    def ready(self) -> None:
        from classifier import checks  # noqa: F401  (registers the system checks)
