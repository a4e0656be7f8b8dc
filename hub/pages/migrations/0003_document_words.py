import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0002_workflow_in_french"), ("wagtaildocs", "0014_alter_document_file_size")]

    operations = [
        migrations.CreateModel(
            name="DocumentWords",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="wagtaildocs.document",
                        verbose_name="document",
                    ),
                ),
                ("file_hash", models.CharField(max_length=40, verbose_name="empreinte du fichier")),
                ("pages", models.JSONField(default=list, verbose_name="mots de chaque page")),
                ("refusal", models.TextField(blank=True, verbose_name="pourquoi il n’est pas lu")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("read_at", models.DateTimeField(auto_now=True, verbose_name="lu le")),
            ],
            options={"verbose_name": "mots d’un document", "verbose_name_plural": "mots des documents"},
        ),
    ]
