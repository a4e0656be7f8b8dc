from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.text import slugify
from rapidfuzz.distance import Indel

from hub.refusals import Refused
from hub.territories.models import Territory
from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation, OrganisationKind


def free_slug(*, model: type[Model], text: str) -> str:
    """Return an address for an entry called ``text`` that no other entry has; empty when no letter can make one."""
    length = int(getattr(model._meta.get_field("slug"), "max_length", 0))
    stem = slugify(text)[: length - 4].strip("-")
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True) if stem else ())
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


# « CCAS de Lyon » and « CCAS de Laon » are as near as that: they are shown, and the person decides.
_SIMILAR_ENOUGH = 0.84
_LINK_WORDS = frozenset("a au aux d de des du en et l la le les pour sur".split())


class NameTakenError(Refused):
    """A structure already has this name."""


def create_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    territory: Territory | None = None,
    website: str = "",
    is_proposed: bool = False,
) -> Organisation:
    """Create a structure; ``is_proposed`` hides it until Dihal validates it. NameTakenError for a name that exists."""
    slug = free_slug(model=Organisation, text=name) or free_slug(model=Organisation, text=f"structure {kind.slug}")
    with _told_if_taken(name=name):
        return Organisation.objects.create(
            name=name, slug=slug, kind=kind, territory=territory, website=website, is_proposed=is_proposed
        )


def add_to_the_list(
    *, name: str, kind: OrganisationKind, territory: Territory | None = None, website: str = ""
) -> Organisation:
    """Return a structure of the list as described: the one proposed under that name, made so, or a new one.

    Whoever describes her structure also names it among the partners of her sheet: it is proposed there. Raises
    ``NameTakenError`` when another structure has this very name.
    """
    wanted = normalise_name(name)
    candidates = Organisation.objects.filter(is_proposed=True).order_by("pk")
    proposed = next((one for one in candidates if normalise_name(one.name) == wanted), None)
    if proposed is None:
        return create_organisation(name=name, kind=kind, territory=territory, website=website)
    proposed.name, proposed.kind, proposed.is_proposed = name, kind, False
    proposed.territory = territory or proposed.territory
    proposed.website = website or proposed.website
    with _told_if_taken(name=name):
        proposed.save()
    return proposed


@contextmanager
def _told_if_taken(*, name: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise NameTakenError(f"Une structure porte déjà le nom « {name} ».") from error


def propose_organisation(*, name: str, kind: OrganisationKind) -> Organisation:
    """Return the structure of this very name, proposed to Dihal when there is none; proposed by two at once, it is one.

    Raises ``NameTakenError`` when others keep taking its address, which never lasts.
    """
    for is_last in (False, False, True):
        if (known := Organisation.objects.filter(name=name).first()) is not None:
            return known
        try:
            return create_organisation(name=name, kind=kind, is_proposed=True)
        except NameTakenError:  # by somebody who wrote it, or one whose address is the same, since the look above
            if is_last:
                raise
    raise AssertionError  # the last turn returns or raises


def similar_organisations(*, name: str, limit: int = 5) -> list[Organisation]:
    """Return the validated structures whose name, or another of their names, is nearly ``name``, nearest first."""
    wanted = normalise_name(name)
    if not wanted:
        return []
    rows = Organisation.objects.validated().values_list("pk", "name", "aliases")
    found = [
        (nearness, pk)
        for pk, known, aliases in rows
        if (nearness := max(_nearness(wanted, normalise_name(label)) for label in (known, *aliases.splitlines())))
        >= _SIMILAR_ENOUGH
    ]
    keys = [pk for _nearness, pk in sorted(found, reverse=True)[:limit]]
    organisations = Organisation.objects.select_related("kind", "territory").in_bulk(keys)
    return [organisations[key] for key in keys]


def _nearness(one: str, other: str) -> float:
    """How much two normalised names are alike, from 0 to 1, link words aside; 1 when the words are the same."""
    words, other_words = ([word for word in text.split() if word not in _LINK_WORDS] for text in (one, other))
    if not words or not other_words:
        return 1.0 if one == other else 0.0
    if set(words) == set(other_words):
        return 1.0
    return Indel.normalized_similarity(" ".join(words), " ".join(other_words), score_cutoff=_SIMILAR_ENOUGH)
