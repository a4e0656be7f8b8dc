from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0005_transcripts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="replay",
            name="url",
            field=models.URLField(blank=True, help_text="La page de la vidéo.", verbose_name="adresse de la vidéo"),
        ),
    ]
