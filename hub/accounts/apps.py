from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hub.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        # Each listens, or registers what it has, as it is loaded: models must be loaded first.
        from hub.accounts import addresses, avatars, sessions, settling  # noqa: F401, PLC0415
        from hub.accounts.signing_in import counting, people, second_factor  # noqa: F401, PLC0415
