"""An address is one account's; invitations are told apart by equality.

Apart from the rewriting: PostgreSQL does not change a table in the transaction that rewrote its rows.
"""

from django.db import migrations, models

import hub.accounts.models
import hub.mail.addresses


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_one_spelling_of_addresses")]

    operations = [
        migrations.RemoveConstraint(model_name="invitation", name="invitation_open_once"),
        migrations.AlterField(
            model_name="invitation",
            name="email",
            field=hub.mail.addresses.AddressField(max_length=254, verbose_name="courriel"),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=hub.accounts.models.AccountAddressField(
                blank=True, max_length=254, verbose_name="adresse électronique"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True), ("revoked_at__isnull", True)),
                fields=("organisation", "email"),
                name="invitation_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True),
                fields=("email",),
                name="user_email_once",
                violation_error_code="unique",
                violation_error_message="Un autre compte a cette adresse.",
            ),
        ),
    ]
