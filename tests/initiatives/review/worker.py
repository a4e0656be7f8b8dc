"""A hub that is killed while it acts on a sheet: ``python -m tests.initiatives.review.worker ACT TIMES``.

It prepares a site in ``HUB_VAR_DIR``, then does the act on copies of it, in processes of their own: once whole, then
``TIMES`` times killed before one of its statements, and as many times killed at a random moment. After each it looks at
what is there, does the act again, looks again, and writes a line of JSON.
"""

# ruff: noqa: PLC0415 — models can be imported only once Django is set up

import json
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

Act = Callable[[], object]


def prepare() -> None:
    """A site, its people, a sheet ready to be sent."""
    from hub.accounts.models import User
    from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, build_home
    from tests.initiatives.review.conftest import reviewer, written

    build_home()
    adil = OrganisationFactory(name="ADIL")
    for name in ("ana", "boris"):
        MembershipFactory(user=UserFactory(email=f"{name}@adil.example"), organisation=adil)
    for name in ("rita", "remi"):
        reviewer(f"{name}@dihal.example")
    written(user=User.objects.get(email="ana@adil.example"), organisation=adil)


def person(email: str) -> Any:
    """Somebody of the site."""
    from hub.accounts.models import User

    return User.objects.get(email=email)


def sheet() -> Any:
    """The sheet, as it is in the database."""
    from initiatives.models import InitiativePage

    return InitiativePage.objects.get()


def posting(email: str, address: Callable[[], str], posted: Callable[[], dict[str, Any]]) -> Act:
    """Return the act of posting a form; its person is signed in already."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(person(email))
    where, what = address(), posted()
    return lambda: client.post(where, what)


def screen(name: str) -> str:
    """The address of a screen of the sheet."""
    from django.urls import reverse

    return reverse(name, args=[sheet().pk])


def read() -> dict[str, Any]:
    """What the reviewer had on the screen."""
    return {"revision": sheet().latest_revision_id}


def save() -> Act:
    """A partner saves a text, as the form does."""
    from django.db import transaction

    from initiatives.drafts import locked, save_text, text_of

    user = person("ana@adil.example")

    def act() -> None:
        with transaction.atomic():
            text = text_of(sheet=locked(pk=sheet().pk))
            text.summary = "Un chapô tout neuf."
            save_text(text=text, user=user)

    return act


def submit() -> Act:
    """A partner sends the sheet."""
    return posting("ana@adil.example", lambda: screen("sheet-submit"), lambda: {"message": "Voici."})


def approve() -> Act:
    """A reviewer approves on our screen."""
    return posting("rita@dihal.example", lambda: screen("review-sheet"), lambda: {"action": "approve", **read()})


def send_back() -> Act:
    """A reviewer returns the sheet with remarks."""
    return posting(
        "rita@dihal.example",
        lambda: screen("review-sheet"),
        lambda: {"action": "return", "text": "Presque.", "remark-summary": "Trop long.", **read()},
    )


def approve_in_wagtail() -> Act:
    """A reviewer approves on Wagtail's screen."""
    from django.urls import reverse

    state = sheet().workflow_states.latest("pk").current_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[sheet().pk, "approve", state.pk])
    return posting("rita@dihal.example", lambda: address, lambda: {"comment": "Bravo."})


def publish_in_wagtail() -> Act:
    """An editor publishes at once, which stops the review."""
    from django.urls import reverse

    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return posting("rita@dihal.example", lambda: f"{address}?id={sheet().pk}", lambda: {"include_descendants": ""})


def cancel_in_wagtail() -> Act:
    """An editor stops the review in the page editor."""
    from django.test import Client
    from django.urls import reverse

    from tests.initiatives.review.editor_form import editor_form

    client = Client(SERVER_NAME="localhost")
    client.force_login(person("rita@dihal.example"))
    address = reverse("wagtailadmin_pages:edit", args=[sheet().pk])
    posted = {**editor_form(client, sheet()), "action-cancel-workflow": "true"}
    return lambda: client.post(address, posted)


def unpublish_in_wagtail() -> Act:
    """An editor takes the sheet off the site."""
    from django.urls import reverse

    return posting(
        "rita@dihal.example", lambda: reverse("wagtailadmin_pages:unpublish", args=[sheet().pk]), lambda: {"x": "y"}
    )


# What must have happened before each act.
BEFORE: dict[Callable[[], Act], tuple[Callable[[], Act], ...]] = {
    save: (),
    submit: (),
    approve: (submit,),
    send_back: (submit,),
    approve_in_wagtail: (submit,),
    publish_in_wagtail: (submit,),
    cancel_in_wagtail: (submit,),
    unpublish_in_wagtail: (submit, approve),
}


def ranks(rows: Any) -> dict[int, int]:
    """The place of each row among its own, by its number."""
    return {pk: rank for rank, pk in enumerate(rows.order_by("pk").values_list("pk", flat=True))}


def photograph() -> dict[str, Any]:
    """Everything that must agree: the sheet, its versions, its review, its thread, its mails."""
    from wagtail.models import TaskState, WorkflowState

    from hub.mail.models import OutgoingMail
    from initiatives.drafts import text_of
    from initiatives.models import Dossier, Exchange
    from initiatives.states import state_of

    page = sheet()
    # By their rank: what a server gives back of an act that was undone does not include its numbers.
    versions = ranks(page.revisions)
    exchanges, tasks = ranks(Exchange.objects), ranks(TaskState.objects)

    def key(written: str) -> str:
        told = re.sub(
            r"(?<=[a-z]-)[0-9]+(?=-(user|task))", lambda found: f"n{exchanges[int(found[0])]}", written, count=1
        )
        return re.sub(r"(?<=-task-)[0-9]+", lambda found: f"n{tasks[int(found[0])]}", told)

    return {
        "state": str(state_of(sheet=page)),
        "page": [page.live, page.title, page.slug, page.url_path, page.summary, versions.get(page.live_revision_id)],
        "text": [versions[page.latest_revision_id], page.revisions.count(), text_of(sheet=page).summary],
        "workflow": list(WorkflowState.objects.values_list("status", flat=True)),
        "tasks": [
            (status, comment, versions[revision])
            for status, comment, revision in TaskState.objects.values_list("status", "comment", "revision_id")
        ],
        "thread": list(Exchange.objects.values_list("kind", "text", "field")),
        "confirmed": Dossier.objects.get().confirmed_at is not None,
        "mails": sorted((key(one.key), one.recipient, one.subject) for one in OutgoingMail.objects.all()),
        "partners": page.partnerships.count(),
    }


def base_name(folder: Path) -> str:
    """The database of a folder, on a server: the prepared one, or its copy for one act."""
    prepared = Path(os.environ["HUB_VAR_DIR"])
    beginning = environ_name()
    return beginning if folder == prepared else f"{beginning}_{folder.name}"


def environ_name() -> str:
    """The database the environment names."""
    return os.environ["DATABASE_URL"].rsplit("/", 1)[1]


def on_server(statement: str) -> None:
    """Run a statement about databases; a copy waits until whoever was killed is gone from what is copied."""
    import psycopg

    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres"
    end = time.monotonic() + 10
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(statement)
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def database(folder: Path, *, copied_from: Path | None = None) -> Iterator[None]:
    """Work on the database of a folder; closed in the end, so that the file can be copied or handed over."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        name = base_name(folder)
        if copied_from is not None:
            folder.mkdir()
            on_server(f'CREATE DATABASE "{name}" TEMPLATE "{base_name(copied_from)}"')
        connection.settings_dict["NAME"] = name
    else:
        if copied_from is not None:
            folder.mkdir()
            shutil.copy(copied_from / "hub.sqlite3", folder / "hub.sqlite3")
        connection.settings_dict["NAME"] = str(folder / "hub.sqlite3")
    try:
        yield
    finally:
        connection.close()


def run(act: Callable[[], Act], *, die_at: int | None = None, die_after: float | None = None) -> int:
    """Do an act in a process of its own and return the statements it took; 0 when it was killed."""
    from django.db import connection

    connection.close()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        ready = act()
        count = 0

        def counting(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            nonlocal count
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(counting):
            os.write(tell, b"x")
            ready()
        os.write(tell, str(count).encode())
        os._exit(0)
    os.close(tell)
    os.read(told, 1)
    if die_after is not None:
        time.sleep(die_after)
        os.kill(child, signal.SIGKILL)
    counted = os.read(told, 20)
    os.close(told)
    os.waitpid(child, 0)
    return int(counted or b"0")


def look(folder: Path) -> dict[str, Any]:
    """Look at a database nobody works on."""
    with database(folder):
        return photograph()


def connection_is_a_server() -> bool:
    """Whether databases are a server's, not files."""
    from django.db import connection

    return connection.vendor == "postgresql"


def say(**what: Any) -> None:
    """Tell the test, at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(name: str, times: int) -> None:
    """Prepare, do the act whole, then killed."""
    folder = Path(os.environ["HUB_VAR_DIR"])
    acts = {act.__name__: act for act in BEFORE}
    act = acts[name]
    with database(folder):
        prepare()
        for former in BEFORE[act]:
            run(former)
    before = look(folder)
    with database(folder / "whole", copied_from=folder):
        started = time.monotonic()
        statements = run(act)
        lasted = time.monotonic() - started
    after = look(folder / "whole")
    say(before=before, after=after, statements=statements)
    chance = random.Random(name)  # noqa: S311 — the same moments at each run
    moments = sorted({max(1, round(statements * (step + 0.5) / times)) for step in range(times)})
    deaths: list[dict[str, Any]] = [{"die_at": moment} for moment in moments]
    deaths += [{"die_after": chance.uniform(0, lasted)} for _ in range(times)]
    for number, death in enumerate(deaths):
        place = folder / f"killed-{number}"
        with database(place, copied_from=folder):
            was_killed = run(act, **death) == 0
        found = look(place)
        with database(place):
            run(act)
        say(death=death, was_killed=was_killed, found=found, again=look(place))
        if connection_is_a_server():
            on_server(f'DROP DATABASE "{base_name(place)}" WITH (FORCE)')
        shutil.rmtree(place)


if __name__ == "__main__":
    from django.test.utils import setup_test_environment

    django.setup()
    # Responses then tell what their templates were given: the editor's form is sent as it was shown.
    setup_test_environment()
    main(sys.argv[1], int(sys.argv[2]))
