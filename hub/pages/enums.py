from django.db import models


class FigureQualifier(models.TextChoices):
    EXACT = "", "exactement"
    MORE_THAN = "plus-de", "plus de"
    LESS_THAN = "moins-de", "moins de"
    NEARLY = "pres-de", "près de"
    ABOUT = "environ", "environ"
