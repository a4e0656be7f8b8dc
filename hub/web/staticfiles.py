"""Which files of our libraries are collected: those a page can ask for."""

from django.contrib.staticfiles.apps import StaticFilesConfig

# The pages load the DSFR whole (dsfr.min.css, dsfr.module.min.js) and carry their icons in hub.css. Its components one
# by one, its variants for old browsers and the icons that no stylesheet names are two files out of three, and most of
# the time of a release: hashed and compressed for nobody.
UNUSED_DSFR = [
    "dsfr/dist/analytics/*",
    "dsfr/dist/component/*",
    "dsfr/dist/core/*",
    "dsfr/dist/dsfr/*",
    "dsfr/dist/layout/*",
    "dsfr/dist/legacy/*",
    "dsfr/dist/scheme/*",
    "dsfr/dist/utility/*",
    *(
        f"dsfr/dist/icons/{folder}/*"
        for folder in (
            "buildings",
            "communication",
            "design",
            "development",
            "device",
            "document",
            "finance",
            "health",
            "map",
            "others",
        )
    ),
]


# The visual editor is one module, loaded by ours; its map stays, since the module names it.
UNUSED_EDITOR = [
    f"django_prose_editor/{name}*"
    for name in ("configurable.js", "default.js", "editor.css", "material-icons", "overrides.css")
]


class HubStaticFilesConfig(StaticFilesConfig):
    """django.contrib.staticfiles, which also leaves out what nothing asks for."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.md", "dsfr/*.map", *UNUSED_DSFR, *UNUSED_EDITOR]
