from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_life"),
    ]

    operations = [
        migrations.AddField(
            model_name="replay",
            name="transcript_status",
            field=models.CharField(
                choices=[("relue", "relue"), ("automatique", "automatique, non relue")],
                default="automatique",
                help_text="Dit aux lecteurs, sous le replay.",
                max_length=12,
                verbose_name="état de la transcription",
            ),
        ),
        migrations.AlterField(
            model_name="replay",
            name="transcript",
            field=models.TextField(
                blank=True,
                help_text="Tout ce qui est dit, mot à mot, tel que la plateforme le donne : WebVTT, SRT, texte copié de Teams, de Zoom ou du panneau de YouTube, texte minuté (« 00:01:07 texte »). Un résumé n’est pas une transcription.",
                verbose_name="transcription",
            ),
        ),
    ]
