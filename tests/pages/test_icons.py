"""The icons of the stylesheet are those of the DSFR that is installed."""

import pytest
from django.core.management import call_command

from hub.pages import icons


def test_the_stylesheet_holds_the_icons_of_the_installed_dsfr():
    written = icons.STYLESHEET.read_text(encoding="utf-8")
    assert icons.with_icons(stylesheet=written) == written, "run: manage.py build_icons"


def test_the_command_writes_the_icons_and_keeps_the_rest(tmp_path, monkeypatch, capsys):
    stylesheet = tmp_path / "hub.css"
    stylesheet.write_text(f".mine {{ color: red; }}\n{icons.BEGIN}.old {{}}\n", encoding="utf-8")
    monkeypatch.setattr("hub.pages.management.commands.build_icons.STYLESHEET", stylesheet)
    call_command("build_icons")
    assert "réécrites" in capsys.readouterr().out
    written = stylesheet.read_text(encoding="utf-8")
    assert written.startswith(".mine { color: red; }\n")
    assert ".old" not in written
    assert '--hub-icon-search-line: url("data:image/svg+xml,' in written
    call_command("build_icons")
    assert "à jour" in capsys.readouterr().out


def test_a_stylesheet_without_the_mark_is_refused():
    with pytest.raises(ValueError, match="missing"):
        icons.with_icons(stylesheet=".mine {}")


def test_an_icon_the_dsfr_no_longer_has_is_named(monkeypatch):
    monkeypatch.setattr(icons, "OWN_ICONS", ("system/never-drawn",))
    with pytest.raises(LookupError, match="never-drawn"):
        icons.icon_styles()
