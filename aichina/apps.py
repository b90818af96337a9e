from django.apps import AppConfig


class AichinaConfig(AppConfig):
    name = "aichina"
    default_auto_field = "django.db.models.BigAutoField"
