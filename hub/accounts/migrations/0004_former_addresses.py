import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_reviewers_rights")]

    operations = [
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
                ("holder", models.CharField(max_length=40, verbose_name="où")),
                ("row", models.BigIntegerField(verbose_name="ligne")),
                ("email", models.CharField(max_length=254, verbose_name="adresse telle qu’elle était")),
                ("verified", models.BooleanField(default=False, verbose_name="prouvée")),
                ("primary", models.BooleanField(default=False, verbose_name="principale")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("taken", "un autre compte a cette adresse"),
                            ("look-alike", "ressemble à une autre adresse du compte, et n’est pas elle"),
                            ("twice", "la même adresse, deux fois"),
                            ("unusable", "n’est pas une adresse que le courrier transporte"),
                            ("rewritten", "réécrite sans changer de destinataire"),
                        ],
                        max_length=12,
                        verbose_name="pourquoi",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
            ],
            options={
                "verbose_name": "ancienne adresse",
                "verbose_name_plural": "anciennes adresses",
                "ordering": ["pk"],
            },
        ),
    ]
