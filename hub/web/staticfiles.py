"""Which files of our libraries are collected: those a page can ask for."""

from django.contrib.staticfiles.apps import StaticFilesConfig

# The pages load the DSFR whole (dsfr.min.css, dsfr.module.min.js) and carry their icons in hub.css. Its components one
# by one, its variants for old browsers and the icons that no stylesheet names are two files out of three, and most of
# the time of a release: hashed and compressed for nobody.
_ICONS = "buildings communication design development device document finance health map others"
UNUSED_DSFR = [
    *(f"dsfr/dist/{folder}/*" for folder in "analytics component core dsfr layout legacy scheme utility".split()),
    *(f"dsfr/dist/icons/{folder}/*" for folder in _ICONS.split()),
]

# The visual editor is one module, loaded by ours; its map stays, since the module names it.
UNUSED_EDITOR = [
    f"django_prose_editor/{name}*"
    for name in ("configurable.js", "default.js", "editor.css", "material-icons", "overrides.css")
]


class HubStaticFilesConfig(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.md", "dsfr/*.map", *UNUSED_DSFR, *UNUSED_EDITOR]
