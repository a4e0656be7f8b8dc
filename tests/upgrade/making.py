"""Make the old database and its index: ``python -m tests.upgrade.making FOLDER``, run with the code to be kept.

The demonstration, then what it lacks: people and structures, a sheet in each state of the review, its thread, mails
that wait, a reader's report. Rows are written as their fields say them, whatever the database.
"""

# ruff: noqa: PLC0415, SLF001 — models can be imported only once Django is set up; every row, whatever its manager hides

import io
import json
import lzma
import sys
import tarfile
from pathlib import Path
from typing import Any

import django

LEFT_OUT = {"wagtailsearch", "sessions"}  # Wagtail's own index, made anew from the pages; who is signed in


def scene() -> None:
    """Write what the demonstration lacks, by the acts of the hub."""
    from django.utils import timezone

    from initiatives.drafts import create_draft
    from initiatives.reporting import report_error
    from initiatives.review import actions
    from tests.factories import AccessRequestFactory, MembershipFactory, OrganisationFactory, UserFactory
    from tests.initiatives.review.conftest import change, now, reviewer, written

    adil = OrganisationFactory(name="ADIL de l’Ain")
    ana = UserFactory(email="ana@adil.example", first_name="Ana", last_name="Martin")
    MembershipFactory(user=ana, organisation=adil)
    AccessRequestFactory(user=UserFactory(email="claire@adil.example"), organisation=adil)
    rita = reviewer("rita@dihal.example")
    create_draft(user=ana, organisation=adil)
    sheets = {
        name: written(user=ana, organisation=adil, title=f"Un bail glissant, {name}")
        for name in (
            "en brouillon",
            "envoyé",
            "annulé",
            "renvoyé",
            "en ligne",
            "à changer",
            "relu",
            "à revoir",
            "retiré",
        )
    }
    for name in list(sheets)[1:]:
        actions.submit(sheet=now(sheets[name]), user=ana, message="Voici notre fiche.")
    actions.withdraw(sheet=now(sheets["annulé"]), user=ana)
    remarks = {"summary": "Dites pour qui.", "context": "Trop long."}
    actions.return_for_changes(sheet=now(sheets["renvoyé"]), user=rita, text="Presque.", remarks=remarks)
    for name in ("en ligne", "à changer", "relu", "à revoir", "retiré"):
        actions.approve(sheet=now(sheets[name]), user=rita, comment="Merci.")
    for name in ("à changer", "relu", "à revoir"):
        change(sheets[name], user=ana, summary="Un chapô tout neuf.")
    for name in ("relu", "à revoir"):
        actions.submit(sheet=now(sheets[name]), user=ana)
    actions.return_for_changes(sheet=now(sheets["à revoir"]), user=rita, text="À revoir.", remarks={})
    actions.ask_unpublication(sheet=now(sheets["en ligne"]), user=ana, reason="Le dispositif a changé.")
    actions.unpublish(sheet=now(sheets["retiré"]), user=rita, text="Retirée à votre demande.")
    actions.send_message(sheet=now(sheets["envoyé"]), user=ana, text="Une question.", from_dihal=False)
    report_error(sheet=now(sheets["en ligne"]), text="Le lien est mort.", email="l@example.org", now=timezone.now())


def rows() -> dict[str, Any]:
    """Every row of every table, as text, with the migrations that shaped them."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    tables = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in LEFT_OUT or model._meta.proxy or not model._meta.managed:
            continue
        fields = model._meta.local_concrete_fields
        found = [[_written(field, row) for field in fields] for row in model._base_manager.order_by("pk")]
        if found:
            tables[model._meta.label] = {"fields": [field.name for field in fields], "rows": found}
    return {"migrations": MigrationLoader(connection).graph.leaf_nodes(), "tables": tables}


def _written(field: Any, row: Any) -> Any:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if field.get_internal_type() == "JSONField":
        prepared = field.get_prep_value(value)
        return json.loads(prepared) if hasattr(value, "stream_block") and isinstance(prepared, str) else prepared
    return field.value_to_string(row)


def packed(folder: Path) -> bytes:
    """The folder as an archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:xz") as archive:
        archive.add(folder, arcname=".")
    return written.getvalue()


def main(folder: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from tests.support.demo_site import load_demo_site
    from tests.upgrade import photograph

    call_command("migrate", verbosity=0)
    load_demo_site()
    scene()
    call_command("rebuild_search", "--yes", verbosity=0)
    photograph.contents()  # the sizes of images that pages ask for are rows too
    kept = {
        "contents": rows(),
        "expected": photograph.contents() | {"answers": photograph.answers(), "index": photograph.index()},
    }
    folder.mkdir(exist_ok=True)
    for name, value in kept.items():
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9))
    (folder / "index.tar.xz").write_bytes(packed(Path(settings.SEARCH_INDEX_DIR)))


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
