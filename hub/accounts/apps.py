from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hub.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from hub.accounts import merging, sessions  # noqa: PLC0415 — models must be loaded first
        from hub.accounts.signing_in import second_factor  # noqa: PLC0415 — as above

        merging.connect()
        sessions.register()
        second_factor.connect()
