"""Misconfigurations that would otherwise be met by a visitor, told at start instead."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.urls import NoReverseMatch, reverse

from hub.pages.catalogue import CatalogueEntry, catalogue_models
from hub.settings.elasticsearch import elasticsearch_problems
from hub.web.client_address import is_of_this_machine
from hub.web.health import Light, proxy_probe

IDENTITY = ("catalogue_type", "catalogue_label", "catalogue_label_plural")
# What the form, the search record and the lists read on every entry, beside the fields of ``CatalogueEntry``.
RELATIONS = ("tags", "tagged_items")

CLUSTER_SETTINGS = (
    "ELASTICSEARCH_URL",
    "ELASTICSEARCH_API_KEY",
    "ELASTICSEARCH_USER",
    "ELASTICSEARCH_PASSWORD",
    "ELASTICSEARCH_CA_CERT",
    "ELASTICSEARCH_INDEX",
    "ELASTICSEARCH_TIMEOUT",
    "SEARCH_BREAKER_SECONDS",
)


@register(Tags.models)
def check_catalogue_types(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    del app_configs  # a name is unique across apps
    problems: list[CheckMessage] = []
    owners: dict[str, type[CatalogueEntry]] = {}
    for model in catalogue_models():
        problems.extend(_missing_declarations(model))
        if (name := getattr(model, "catalogue_type", None)) is None:
            continue
        if name in owners:
            problems.append(
                Error(
                    f"catalogue_type « {name} » est déjà celui de {owners[name].__name__}.",
                    hint="Ce nom est la valeur de « ?type= » : il désigne un seul type de contenu.",
                    obj=model,
                    id="hub.E002",
                )
            )
        owners.setdefault(name, model)
    return problems


def _missing_declarations(model: type[CatalogueEntry]) -> list[CheckMessage]:
    missing = [name for name in (*IDENTITY, *RELATIONS) if not hasattr(model, name)]
    if not missing:
        return []
    hint = "Voir docs/architecture.md, « Adding a content type »."
    return [Error(f"Ce type du catalogue ne déclare pas {', '.join(missing)}.", hint=hint, obj=model, id="hub.E001")]


@register("search")
def check_search_cluster(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    del app_configs
    values = {name: str(getattr(settings, name)) for name in CLUSTER_SETTINGS}
    hint = "Voir docs/exploitation.md, « Les variables d’environnement »."
    return [Error(problem, hint=hint, id="hub.E004") for problem in elasticsearch_problems(environ=values)]


@register(Tags.urls)
def check_admin_path(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    del app_configs
    try:
        address = reverse("wagtailadmin_home")
    except NoReverseMatch:
        address = ""
    if address == f"/{settings.ADMIN_PATH}":
        return []
    message = f"ADMIN_PATH est « {settings.ADMIN_PATH} », l’administration est à « {address} »."
    hint = (
        "Sans cela, l’administration reçoit la politique de contenu du site public, sous laquelle elle ne marche pas."
    )
    return [Error(message, hint=hint, id="hub.E003")]


@register(Tags.security, deploy=True)
def check_proxy(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """A proxy stands in front of gunicorn, and says what it must: by the settings, then by the requests of the hour."""
    del app_configs
    hint = "Voir docs/exploitation.md, « Devant : le mandataire »."
    problems: list[CheckMessage] = []
    address = settings.BIND.rpartition(":")[0].strip("[]")
    listens_to_others = not settings.BIND.startswith("unix:") and not is_of_this_machine(address)
    if listens_to_others and all(is_of_this_machine(proxy) for proxy in settings.TRUSTED_PROXIES):
        message = (
            f"gunicorn écoute sur {settings.BIND}, ouvert à d’autres machines, et TRUSTED_PROXIES n’y nomme aucun "
            "mandataire : ou bien les visiteurs l’atteignent sans lui, ou bien ce qu’il dit d’eux n’est pas cru."
        )
        problems.append(CheckWarning(message, hint=hint, id="hub.W005"))
    try:
        seen = proxy_probe()
    except DatabaseError:  # the light « base » says so
        return problems
    if seen.light is not Light.OK:
        problems.append(CheckWarning(f"Vu depuis une heure : {seen.label}.", hint=hint, id="hub.W006"))
    return problems
