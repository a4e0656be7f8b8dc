"""The editing form of vocabularies: an address is made from the name at creation, and stays."""

from typing import Any, ClassVar

from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import TitleFieldPanel
from wagtail.admin.widgets.slug import SlugInput

from hub.vocabulary.slugs import free_slug


class VocabularyForm(WagtailAdminModelForm):
    """Editing form of an entry. Subclasses name the fields an address is made from, the first filled one wins."""

    slug_sources: ClassVar[tuple[str, ...]] = ("label",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Left empty it is filled below, whether or not the script of the form did it.
        self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """Keep the address an entry has, or make one nobody has; a message tells when no letter can make one."""
        cleaned: dict[str, Any] = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self.instance.slug or self._new_slug(cleaned)
            if not cleaned["slug"]:
                self.add_error(
                    "slug", "Indiquez un identifiant : le nom n’en donne pas (lettres sans accent, chiffres)."
                )
        return cleaned

    def _new_slug(self, cleaned: dict[str, Any]) -> str:
        source = next((cleaned[name] for name in self.slug_sources if cleaned.get(name)), "")
        return free_slug(model=type(self.instance), text=source)


class SchemeForm(VocabularyForm):
    """A scheme is addressed by its acronym when it has one."""

    slug_sources = ("acronym", "expansion")


class OrganisationForm(VocabularyForm):
    """A structure is addressed by its name."""

    slug_sources = ("name",)


class NamePanel(TitleFieldPanel):
    """The name an address is made from, while the entry is being created: an address once given stays.

    With its label and its border: Wagtail hides both of a title, whose placeholder says what it is; this has none.
    """

    def __init__(self, field_name: str, *, classname: str = "", placeholder: bool = False, **kwargs: Any) -> None:
        super().__init__(field_name, classname=classname, placeholder=placeholder, **kwargs)

    class BoundPanel(TitleFieldPanel.BoundPanel):
        """Stops the script from following later changes of the name."""

        def get_should_apply(self) -> bool:
            return not self.instance.pk


class AddressInput(SlugInput):
    """An address in plain letters: « sante », not « santé »."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-w-slug-allow-unicode-value": "false", **(attrs or {})})
