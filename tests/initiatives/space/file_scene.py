"""A partner, its sheet, and files really kept on a disk."""

from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from hub.accounts.models import User
from initiatives.drafts import create_draft, save_text, text_of
from initiatives.models import InitiativeDocument, InitiativePage, Upload
from initiatives.space.uploads import receive_upload
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.files.samples import ACCEPTED, picture

IN_A_FOLDER = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@dataclass(frozen=True)
class Scene:
    sheet: InitiativePage
    awa: User  # writes the sheet
    stranger: User  # writes for another structure
    folder: Path

    def send(self, name: str = "photo.jpg", content: bytes | None = None) -> Upload:
        kind = "image" if name.endswith("jpg") else "document"
        content = content or (picture() if kind == "image" else ACCEPTED["rapport.pdf"])
        return receive_upload(sheet=self.sheet, user=self.awa, file=SimpleUploadedFile(name, content), kind=kind)

    def show(self, *uploads: Upload, publish: bool = True) -> None:
        """Save a version that shows these files and no other, and publish it."""
        text = text_of(sheet=InitiativePage.objects.get(pk=self.sheet.pk))
        text.image = next((upload.image for upload in uploads if upload.image), None)
        text.documents = [InitiativeDocument(document=upload.document) for upload in uploads if upload.document]
        revision = save_text(text=text, user=self.awa)
        if publish:
            revision.publish()

    def stored(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


def build_scene(*, folder: Path) -> Scene:
    structure = OrganisationFactory(name="ADIL de l’Ain")
    awa = MembershipFactory(user=UserFactory(email="awa@adil.example"), organisation=structure).user
    stranger = MembershipFactory(
        user=UserFactory(email="leo@ville.example"), organisation=OrganisationFactory(name="Ville")
    ).user
    sheet = create_draft(user=awa, organisation=structure, title="Colocation intergénérationnelle")
    return Scene(sheet=sheet, awa=awa, stranger=stranger, folder=folder)
