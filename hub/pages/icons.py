"""Icons drawn inside the site's own stylesheet.

The DSFR's stylesheet fetches each icon by its own request, and offers its other icons in a stylesheet of 460 kB. The
hub repeats the rules of the few icons it shows with the drawing inside: no request, a few kilobytes. Produced by
``manage.py build_icons``, checked by a test.
"""

import re
from pathlib import Path
from urllib.parse import quote

from django.contrib.staticfiles import finders

STYLESHEET = Path(__file__).resolve().parent.parent / "static" / "hub" / "hub.css"
BEGIN = "/* icons: written by manage.py build_icons, do not edit below */\n"

# Icons shown through a class of ours or of the DSFR's utilities: ``fr-icon-<name>``.
OWN_ICONS = (
    "business/calendar-line map/map-pin-2-line map/france-line user/team-line media/play-circle-line "
    "document/file-text-line document/file-download-line business/links-fill business/mail-line "
    "business/printer-line logo/linkedin-box-fill logo/facebook-circle-fill system/time-line arrows/arrow-right-line"
).split()
# Icons the DSFR's components show by themselves.
COMPONENT_ICONS = (
    "arrows/arrow-down-s-line arrows/arrow-left-s-line arrows/arrow-right-line arrows/arrow-right-s-line "
    "arrows/fr--arrow-left-s-first-line arrows/fr--arrow-right-s-last-line editor/fr--quote-line system/close-line "
    "system/download-line system/external-link-line system/fr--error-fill system/fr--info-fill "
    "system/fr--success-fill system/fr--theme-fill system/fr--warning-fill system/menu-fill system/search-line"
).split()

# Every rule is taken whole, then looked into: looking for the drawing at once would begin again at each letter.
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DRAWN = re.compile(r"mask-image:url\(icons/([\w/.-]+)\.svg\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def icon_styles() -> str:
    """Return the rules of every icon, from the DSFR that is installed; LookupError when it no longer has one."""
    icons = sorted({*OWN_ICONS, *COMPONENT_ICONS})
    lines = [":root {", *(f"  {_variable(icon)}: {_drawing(icon)};" for icon in icons), "}"]
    stylesheet = _COMMENT.sub("", _read("dsfr/dist/dsfr.min.css"))
    for selectors, declarations in _RULE.findall(stylesheet):
        drawn = _DRAWN.findall(declarations)
        if drawn and drawn[-1] in COMPONENT_ICONS:
            lines.append(_rule(selectors.strip(), drawn[-1]))
    lines.extend(_rule(f".fr-icon-{_name(icon)}::before, .fr-icon-{_name(icon)}::after", icon) for icon in OWN_ICONS)
    return "\n".join(lines) + "\n"


def with_icons(*, stylesheet: str) -> str:
    authored, mark, _old = stylesheet.partition(BEGIN)
    if not mark:
        raise ValueError(f"{BEGIN.strip()!r} is missing")
    return authored + BEGIN + icon_styles()


def _name(icon: str) -> str:
    return icon.split("/")[1].removeprefix("fr--")


def _variable(icon: str) -> str:
    return f"--hub-icon-{_name(icon)}"


def _rule(selectors: str, icon: str) -> str:
    value = f"var({_variable(icon)})"
    return f"{selectors} {{ -webkit-mask-image: {value}; mask-image: {value}; }}"


def _drawing(icon: str) -> str:
    svg = " ".join(_read(f"dsfr/dist/icons/{icon}.svg").split()).replace('"', "'")
    return 'url("data:image/svg+xml,' + quote(svg, safe=" =:/'()<>,.") + '")'


def _read(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise LookupError(f"The installed DSFR has no {name}")
    return Path(path).read_text(encoding="utf-8")
