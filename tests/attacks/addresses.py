"""Every address the hub answers on, read off the resolver: nobody has to remember to add a new one to a list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize

# Combinations of foreign identifiers tried on one address.
MOST_COMBINATIONS = 40


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern: a template with named holes, and the kind of value each hole takes."""

    template: str
    holes: Mapping[str, str]
    name: str
    view: Callable[..., Any]

    def filled(self, *, values: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        """Yield the paths made with every combination of the values offered for each kind of hole."""
        offers = [values.get(name) or values[kind] for name, kind in self.holes.items()]
        for combination in islice(product(*offers), MOST_COMBINATIONS):
            yield "/" + self.template % dict(zip(self.holes, combination, strict=True))


def all_addresses() -> list[Address]:
    """Return every pattern of the site, the administration included."""
    return list(_walk(get_resolver().url_patterns, prefix="", holes={}))


def _walk(patterns: Sequence[Any], *, prefix: str, holes: Mapping[str, str]) -> Iterator[Address]:
    for pattern in patterns:
        for template, own_holes in _templates(pattern.pattern):
            everything = {**holes, **own_holes}
            if isinstance(pattern, URLResolver):
                yield from _walk(pattern.url_patterns, prefix=prefix + template, holes=everything)
            elif isinstance(pattern, URLPattern):
                yield Address(
                    template=prefix + template, holes=everything, name=pattern.name or "", view=pattern.callback
                )


def _templates(pattern: RoutePattern | RegexPattern | Any) -> Iterator[tuple[str, dict[str, str]]]:
    kinds = {name: type(converter).__name__ for name, converter in pattern.converters.items()}
    for template, names in normalize(pattern.regex.pattern):
        yield template, {name: kinds.get(name, "regex") for name in names}
