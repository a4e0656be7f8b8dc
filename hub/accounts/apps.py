from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hub.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from hub.accounts import addresses, avatars, checks, merging, sessions  # noqa: F401, PLC0415 — models must be loaded first
        from hub.accounts.signing_in import counting, people, second_factor  # noqa: PLC0415 — as above

        addresses.connect()
        avatars.connect()
        counting.register()
        merging.connect()
        people.connect()
        sessions.register()
        second_factor.connect()
