"""What an editor says when sending a file."""

from django import forms

from hub.vocabulary.fields import OrganisationChoiceField
from hub.vocabulary.models import Organisation
from initiatives.bulk.jobs import MAX_BYTES, MAX_LINES


class ImportForm(forms.Form):
    """A file, the structure of the lines that name none, and what is to be made of the sheets."""

    file = forms.FileField(
        label="Fichier",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=(
            f"CSV ou XLSX, {MAX_LINES // 1000}\u202f000 lignes et {MAX_BYTES // 2**20} Mo au plus. "
            "Il est d’abord vérifié ligne par ligne, sans rien écrire."
        ),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Le fichier est vide.",
            "invalid": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
        },
    )
    organisation = OrganisationChoiceField(
        label="Structure qui tient les fiches",
        queryset=Organisation.objects.validated(),
        required=False,
        help_text="Pour les lignes dont la colonne « structure » est vide ; sans structure, la fiche est à la Dihal.",
    )
    is_to_submit = forms.BooleanField(
        label="Envoyer directement en relecture",
        required=False,
        help_text="Les lignes incomplètes sont alors refusées. Sinon, les fiches sont des brouillons.",
    )

    def clean_file(self) -> forms.FileField:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"Le fichier est trop lourd : {MAX_BYTES // 2**20} Mo au plus.")
        return file
