from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_addresses_once")]

    operations = [
        migrations.CreateModel(
            name="CountedUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True, verbose_name="empreinte")),
                ("count", models.PositiveSmallIntegerField(default=0, verbose_name="usages")),
                ("forgotten_at", models.DateTimeField(db_index=True, verbose_name="oublié le")),
            ],
            options={"verbose_name": "usage compté", "verbose_name_plural": "usages comptés"},
        ),
    ]
