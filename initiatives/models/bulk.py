"""An import of sheets made from the administration: its file's lines, and what became of each."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from hub.vocabulary.models import Organisation
from initiatives.enums import ImportOutcome, ImportPhase
from initiatives.models.sheet import InitiativePage


class BulkImport(models.Model):
    """A file that somebody sent. It is kept as lines, not as a file; only who sent it sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="structure des lignes qui n’en nomment pas",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    file_name = models.CharField("fichier", max_length=255)
    is_to_submit = models.BooleanField("envoyer en relecture", default=False)
    hidden_count = models.PositiveIntegerField("lignes masquées, laissées de côté", default=0)
    phase = models.CharField("étape", max_length=10, choices=ImportPhase.choices, default=ImportPhase.CHECKING)
    created_at = models.DateTimeField("envoyé le", auto_now_add=True)

    class Meta:
        verbose_name = "import de fiches"
        verbose_name_plural = "imports de fiches"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.phase in {ImportPhase.CHECKING, ImportPhase.IMPORTING}


class ImportLine(models.Model):
    """One line of the file, as it was read, and what became of it. Without an outcome it waits for its turn."""

    bulk_import = models.ForeignKey(BulkImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("ligne")
    # JSON kept as text: a database's own JSON refuses characters that a file may hold, and that we refuse by name.
    content = models.TextField()
    # Which sheet it is about: the key of its structure and its identifier.
    identity = models.CharField(max_length=150, blank=True)
    external_id = models.CharField("identifiant", max_length=120, blank=True)
    title = models.CharField("titre", max_length=255, blank=True)
    outcome = models.CharField("résultat", max_length=10, choices=ImportOutcome.choices, blank=True)
    problems = models.JSONField(default=list)
    page = models.ForeignKey(InitiativePage, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulk_import", "number"], name="import_line_once")]
        indexes: ClassVar = [models.Index(fields=["bulk_import", "identity"], name="import_line_identity")]

    def __str__(self) -> str:
        return f"ligne {self.number}"

    @property
    def cells(self) -> dict[str, str]:
        """The texts of the line by column key."""
        cells: dict[str, Any] = json.loads(self.content)
        return cells
