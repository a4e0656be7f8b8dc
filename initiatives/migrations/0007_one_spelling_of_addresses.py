"""Bring the addresses of readers and of structures to their one spelling (hub/mail/addresses.py)."""

from typing import Any

from django.db import migrations

import hub.mail.addresses

# A person without a name confirms a sheet under her address.
COLUMNS = (("ErrorReport", "email"), ("PartConfirmation", "email"), ("Dossier", "confirmed_by"))


def rewrite(apps: Any, _schema_editor: Any) -> None:
    for model, field in COLUMNS:
        hub.mail.addresses.rewrite_column(model=apps.get_model("initiatives", model), field=field)


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0006_bulk_import")]

    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="errorreport",
            name="email",
            field=hub.mail.addresses.AddressField(
                blank=True, help_text="Pour une réponse ; facultatif.", max_length=254, verbose_name="courriel"
            ),
        ),
        migrations.AlterField(
            model_name="partconfirmation",
            name="email",
            field=hub.mail.addresses.AddressField(max_length=254, verbose_name="courriel"),
        ),
    ]
