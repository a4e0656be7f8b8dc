"""The territories few enough for a plain list: France, régions, départements and overseas collectivities."""

from typing import cast

from django.core.cache import cache
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from hub.territories.enums import TerritoryKind
from hub.territories.models import Territory
from hub.territories.names import normalise_name

CACHE_SECONDS = 600
_CACHE_KEY = "hub.territories.select_options"

_TITLES = {
    TerritoryKind.PAYS: "France",
    TerritoryKind.REGION: "Régions",
    TerritoryKind.DEPARTEMENT: "Départements",
    TerritoryKind.COLLECTIVITE: "Collectivités d’outre-mer",
}


def select_options() -> SafeString:
    """Return the options of a plain list, about 130 in groups, for ``territories/combobox.html``; kept for ten minutes.

    Régions are in alphabetical order, the others in that of their numbers, which people know. Every page of results has
    this list for those without JavaScript: reading and writing it anew would double the time of the page.
    """
    return cast("SafeString", cache.get_or_set(_CACHE_KEY, _write_options, CACHE_SECONDS))


def forget_select_options() -> None:
    cache.delete(_CACHE_KEY)


def _write_options() -> SafeString:
    groups: dict[str, list[Territory]] = {title: [] for title in _TITLES.values()}
    listed = Territory.objects.current().filter(kind__in=list(_TITLES))
    for territory in listed.only("kind", "code", "official_code", "name").order_by("official_code"):
        groups[_TITLES[TerritoryKind(territory.kind)]].append(territory)
    groups[_TITLES[TerritoryKind.REGION]].sort(key=lambda region: normalise_name(region.name))
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (title, format_html_join("", '<option value="{}">{}</option>', ((t.code, t.name) for t in listed)))
            for title, listed in groups.items()
            if listed
        ),
    )


def is_listed(territory: Territory | None) -> bool:
    """Whether the list shown without JavaScript offers this territory."""
    return territory is not None and territory.kind in _TITLES and not territory.is_obsolete
