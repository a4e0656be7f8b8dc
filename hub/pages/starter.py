"""Give a new database its site: home page, index pages, legal pages, and the rights of the editors' groups."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, Site

from hub.pages.markup.content import content_blocks
from hub.pages.models import CatalogueIndexPage, HomePage, SiteMapPage, StandardPage
from hub.vocabulary.models import Audience, Axis, Government, Organisation, OrganisationKind, Scheme

STARTER_FILE = Path(__file__).resolve().parent / "data" / "starter_pages.toml"
VOCABULARY_MODELS = (Audience, Axis, Scheme, OrganisationKind, Organisation, Government)
# What the groups that Wagtail creates may do with the vocabularies.
GROUP_ACTIONS = {"Editors": ("view", "add", "change"), "Moderators": ("view", "add", "change", "delete")}


@dataclass(slots=True, kw_only=True)
class SiteReport:
    created: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def prepare_site() -> SiteReport:
    """Create what a site needs and does not have yet, in one transaction. An existing page is never changed.

    The host name and port of the default site follow ``WAGTAILADMIN_BASE_URL`` at each run: they are the operator's.
    """
    report = SiteReport()
    starter = tomllib.loads(STARTER_FILE.read_text(encoding="utf-8"))
    with transaction.atomic():
        _prepare_locale(report)
        home = _prepare_home(texts=starter["home"], report=report)
        for page in _starter_pages(starter):
            _add_page(page=page, parent=home, report=report)
        granted = (("vocabulaires", grant_vocabulary_permissions()), ("courriels", grant_mail_permissions()))
        for things, groups in granted:
            for group, is_new in groups.items():
                label = f"droits du groupe « {group} » sur les {things}"
                (report.created if is_new else report.present).append(label)
    return report


def _prepare_locale(report: SiteReport) -> None:
    """Make the language of the content the one of the settings: French, whatever Wagtail's first migration wrote."""
    code = get_supported_content_language_variant(settings.LANGUAGE_CODE)
    if Locale.objects.filter(language_code=code).exists():
        return
    only = Locale.objects.first() if Locale.objects.count() == 1 else None
    if only is None:
        Locale.objects.create(language_code=code)
    else:
        # Pages already written are in French: they keep their locale, which gets its true name.
        only.language_code = code
        only.save()
    report.created.append(f"langue du contenu : {code}")


def _prepare_home(*, texts: dict[str, str], report: SiteReport) -> HomePage:
    home = HomePage.objects.first()
    if home is None:
        home = HomePage(title=texts["title"], slug=texts["slug"], introduction=texts["introduction"], live=False)
        Page.objects.get(depth=1).add_child(instance=home)
        home.save_revision().publish()
        report.created.append(f"page d’accueil : {home.title}")
    else:
        report.present.append(f"page d’accueil : {home.title}")
    _prepare_default_site(home=home, report=report)
    _remove_welcome_page()
    return home


def _prepare_default_site(*, home: HomePage, report: SiteReport) -> None:
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    before = (site.hostname, site.port, site.root_page_id, site.site_name)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = site.site_name or settings.WAGTAIL_SITE_NAME
    if site.root_page_id is None or not isinstance(site.root_page.specific, HomePage):
        site.root_page = home
    label = f"site : {site.site_name} ({site.hostname}:{site.port})"
    if site.pk and before == (site.hostname, site.port, site.root_page_id, site.site_name):
        report.present.append(label)
        return
    site.save()
    report.created.append(label)


def _remove_welcome_page() -> None:
    """Delete the page Wagtail's migrations created, if nobody put anything in it."""
    page_type = ContentType.objects.get_for_model(Page)
    for page in Page.objects.filter(depth=2, slug="home", numchild=0, content_type=page_type, sites_rooted_here=None):
        page.delete()


def _starter_pages(starter: dict[str, Any]) -> Iterable[Page]:
    for model in apps.get_models():
        if issubclass(model, CatalogueIndexPage):
            yield model(
                title=model.starter_title,
                slug=model.starter_slug,
                introduction=model.starter_introduction,
                show_in_menus=True,
            )
    for texts in starter["page"]:
        yield StandardPage(**{**texts, "body": json.dumps(content_blocks(text=texts["body"]))})
    yield SiteMapPage(**starter["site_map"])


def _add_page(*, page: Page, parent: Page, report: SiteReport) -> None:
    """Publish a page, unless one of its type (for a type that exists once) or of its address is there."""
    model = type(page)
    label = f"{model._meta.verbose_name} : /{page.slug}/"
    twin = parent.get_children().filter(slug=page.slug).first()
    if (model.max_count == 1 and model.objects.exists()) or (twin is not None and isinstance(twin.specific, model)):
        report.present.append(label)
    elif twin is not None:
        report.problems.append(f"{label} : l’adresse est prise par « {twin.title} ».")
    else:
        page.live = False
        parent.add_child(instance=page)
        page.save_revision().publish()
        report.created.append(label)


def grant_vocabulary_permissions() -> dict[str, bool]:
    """Let the groups that Wagtail creates keep the vocabularies; return, by group, whether a right was missing."""
    groups = Group.objects.filter(name__in=GROUP_ACTIONS)
    return {group.name: _grant(group, _vocabulary_permissions(actions=GROUP_ACTIONS[group.name])) for group in groups}


def grant_mail_permissions() -> dict[str, bool]:
    """Let moderators see the mails that did not leave; return, by group, whether the right was missing."""
    wanted = Permission.objects.get(content_type__app_label="mail", codename="change_outgoingmail")
    return {group.name: _grant(group, [wanted]) for group in Group.objects.filter(name="Moderators")}


def _grant(group: Group, wanted: Iterable[Permission]) -> bool:
    missing = set(wanted).difference(group.permissions.all())
    group.permissions.add(*missing)
    return bool(missing)


def _vocabulary_permissions(*, actions: Iterable[str]) -> list[Permission]:
    types = ContentType.objects.get_for_models(*VOCABULARY_MODELS)
    codenames = [f"{action}_{content_type.model}" for content_type in types.values() for action in actions]
    # The thesaurus is kept by the same people; it belongs to the search, which this floor does not know.
    thesaurus = Q(content_type__app_label="search", codename__in=[f"{action}_thesaurusentry" for action in actions])
    return list(Permission.objects.filter(Q(content_type__in=types.values(), codename__in=codenames) | thesaurus))
