"""Bring the addresses of the outbox to their one spelling (hub/mail/addresses.py)."""

from typing import Any

from django.db import migrations

import hub.mail.addresses


def rewrite(apps: Any, _schema_editor: Any) -> None:
    hub.mail.addresses.rewrite_column(model=apps.get_model("mail", "OutgoingMail"), field="recipient")


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]

    operations = [
        migrations.RunPython(rewrite, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="outgoingmail",
            name="recipient",
            field=hub.mail.addresses.AddressField(max_length=254, verbose_name="destinataire"),
        ),
    ]
