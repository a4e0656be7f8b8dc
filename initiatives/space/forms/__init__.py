"""The forms of the steps, by the step's place in the address. « envoi » has none: it only checks and sends."""

from initiatives.space.forms.base import StepForm
from initiatives.space.forms.documents import DocumentsForm
from initiatives.space.forms.essential import EssentialForm
from initiatives.space.forms.partners import PartnersForm
from initiatives.space.forms.places import PlacesForm
from initiatives.space.forms.story import ResultsForm, StoryForm

FORMS: dict[str, type[StepForm]] = {
    form.slug: form for form in (EssentialForm, StoryForm, PartnersForm, PlacesForm, ResultsForm, DocumentsForm)
}
