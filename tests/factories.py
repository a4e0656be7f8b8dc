"""Plausible content for tests: name what the test is about, the rest is made up.

Pages are published through a revision, as an editor's are, so that what listens to publications hears them; ask for a
draft with ``live=False``. Facets and structures are given as plain lists::

    InitiativePageFactory(title="Colocation", audiences=[young], territories=[ain], leads=[adil])
"""

from contextlib import nullcontext
from datetime import date
from typing import Any

import factory
import wagtail_factories
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify
from wagtail.models import Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from events.models import WorkshopIndexPage, WorkshopPage
from hub.accounts.models import AccessRequest, Membership, MembershipRole, User
from hub.pages.models import CatalogueIndexPage, HomePage, StandardPage
from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme
from initiatives.enums import PartnershipRole
from initiatives.models import InitiativeIndexPage, InitiativePage, Partnership


class AudienceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Audience
        django_get_or_create = ("slug",)

    label = factory.Sequence(lambda n: f"Public {n}")
    slug = factory.LazyAttribute(lambda audience: slugify(audience.label))

    class Params:
        everyone = factory.Trait(label="Tous publics", is_universal=True)


class AxisFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Axis
        django_get_or_create = ("slug",)

    label = factory.Sequence(lambda n: f"Axe {n}")
    slug = factory.LazyAttribute(lambda axis: slugify(axis.label))


class SchemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scheme
        django_get_or_create = ("slug",)

    acronym = factory.Sequence(lambda n: f"DISP{n}")
    expansion = factory.LazyAttribute(lambda scheme: f"Nom développé de {scheme.acronym}")
    slug = factory.LazyAttribute(lambda scheme: slugify(scheme.acronym or scheme.expansion))


class OrganisationKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrganisationKind
        django_get_or_create = ("slug",)

    label = "Association"
    slug = factory.LazyAttribute(lambda kind: slugify(kind.label))


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Structure {n}")
    slug = factory.LazyAttribute(lambda organisation: slugify(organisation.name))
    kind = factory.SubFactory(OrganisationKindFactory)


class UserFactory(factory.django.DjangoModelFactory):
    """A person who has signed in once: no password, an address proven by a code."""

    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@structure.example")
    username = factory.LazyAttribute(lambda user: user.email)
    password = factory.LazyFunction(lambda: make_password(None))

    @factory.post_generation
    def proven_address(user: User, create: bool, _extracted: None, **_kwargs: Any) -> None:  # noqa: N805
        """What django-allauth keeps of the address."""
        if create:
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )


class MembershipFactory(factory.django.DjangoModelFactory):
    """A person who writes for a structure; an owner with ``role=MembershipRole.OWNER``."""

    class Meta:
        model = Membership
        django_get_or_create = ("user", "organisation")

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = MembershipRole.EDITOR


class AccessRequestFactory(factory.django.DjangoModelFactory):
    """A person waits for Dihal's answer about a structure it knows; ``organisation=None, new_name=…`` for another."""

    class Meta:
        model = AccessRequest

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class GovernmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Government


class PublishedPageFactory(wagtail_factories.PageFactory):
    """A page published through a revision under ``parent``; lists given for its relations are set before saving."""

    class Meta:
        abstract = True

    @classmethod
    def _create_instance(cls, model_class: type[Page], parent: Page, kwargs: dict[str, Any]) -> Page:
        live = kwargs.pop("live", True)
        tags = kwargs.pop("tags", ())
        relations = {name: kwargs.pop(name) for name in list(kwargs) if model_class._meta.get_field(name).many_to_many}
        children = {name: kwargs.pop(name) for name in list(kwargs) if model_class._meta.get_field(name).one_to_many}
        page = model_class(live=False, **kwargs)
        for name, values in {**relations, **children}.items():
            setattr(page, name, values)
        # Wagtail notes at each save what a page refers to: that of the publication is enough.
        with disable_reference_index_auto_update() if live else nullcontext():
            parent.add_child(instance=page)
            if tags:
                page.tags.add(*tags)
            revision = page.save_revision()
        if live:
            revision.publish()
        page.refresh_from_db()
        return page


class StandardPageFactory(PublishedPageFactory):
    class Meta:
        model = StandardPage

    parent = factory.LazyFunction(HomePage.objects.get)
    title = factory.Sequence(lambda n: f"Page {n}")


class InitiativePageFactory(PublishedPageFactory):
    """A sheet; ``leads`` and ``partners`` are lists of organisations."""

    class Meta:
        model = InitiativePage

    parent = factory.LazyFunction(InitiativeIndexPage.objects.get)
    title = factory.Sequence(lambda n: f"Initiative {n}")
    start_year = 2021

    @classmethod
    def _create_instance(cls, model_class: type[Page], parent: Page, kwargs: dict[str, Any]) -> Page:
        roles = {PartnershipRole.LEAD: kwargs.pop("leads", ()), PartnershipRole.PARTNER: kwargs.pop("partners", ())}
        partnerships = [
            Partnership(organisation=organisation, role=role)
            for role, organisations in roles.items()
            for organisation in organisations
        ]
        return super()._create_instance(model_class, parent, {"partnerships": partnerships, **kwargs})


class WorkshopPageFactory(PublishedPageFactory):
    """A workshop of the past, online; each has a number of its own."""

    class Meta:
        model = WorkshopPage

    parent = factory.LazyFunction(WorkshopIndexPage.objects.get)
    number = factory.Sequence(lambda n: 1000 + n)
    title = factory.LazyAttribute(lambda workshop: f"{workshop.number}e atelier")
    subject = "L’accès au logement"
    starts_on = date(2023, 3, 14)


def build_home() -> HomePage:
    """The smallest site: a home page and the lists of each type of entry, served at http://testserver/.

    For the legal pages and the groups' rights too, call ``hub.pages.starter.prepare_site`` instead (ten times slower).
    """
    root = Page.objects.get(depth=1)
    home = HomePage(title="Accueil", slug="accueil")
    root.add_child(instance=home)
    for model in apps.get_models():
        if issubclass(model, CatalogueIndexPage):
            home.add_child(instance=model(title=model.starter_title, slug=model.starter_slug, show_in_menus=True))
    Site.objects.filter(is_default_site=True).update(root_page=home, hostname="testserver", port=80)
    Site.clear_site_root_paths_cache()
    return home
