"""Small files made to cost much, sent to every view that takes one, to a site served as it is deployed.

No request lasts, no process grows, and other visitors are answered meanwhile.
"""

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from tests.files import samples
from tests.files.samples import object_list, office, pdf, picture
from tests.servers.processes import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc"),
]
LONGEST_REQUEST = 5.0  # seconds
LONGEST_PAGE = 1.0
LARGEST_PROCESS = 500  # megabytes
SENDERS = 6
GENERATED = 30
START_TIME_LIMIT = 60
PREPARE = """
import json
from django.test import Client
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, build_home
from initiatives.drafts import create_draft
build_home()
user = UserFactory(is_superuser=True, is_staff=True)
adil = OrganisationFactory(name="ADIL")
MembershipFactory(user=user, organisation=adil)
sheet = create_draft(user=user, organisation=adil, title="Un bail")
client = Client()
client.force_login(user)
print(json.dumps({"session": client.cookies["sessionid"].value, "sheet": sheet.pk}))
"""
ADDRESSES = """
import json, sys
from django.urls import reverse
print(json.dumps({
    "image": [reverse("sheet-upload", args=[%(sheet)d]), "file", {"kind": "image"}],
    "document": [reverse("sheet-upload", args=[%(sheet)d]), "file", {"kind": "document"}],
    "editor image": [reverse("wagtailimages:add_multiple"), "files[]", {"title": "a"}],
    "editor document": [reverse("wagtaildocs:add_multiple"), "files[]", {"title": "a"}],
    "table": [reverse("bulk-import"), "file", {}],
    "recap": [reverse("import_recap"), "upload", {}],
}))
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    port: int
    pid: int
    session: str
    takes: dict[str, list]

    def post(self, where: str, *, name: str, content: bytes) -> tuple[int, float]:
        """The status of the answer, and the seconds it took."""
        address, field, fields = self.takes[where]
        boundary = uuid4().hex
        parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
        parts.append(f'name="{field}"; filename="{name}"\r\n\r\n'.encode() + content)
        body = b"".join(
            b"--" + boundary.encode() + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts
        )
        body += f"--{boundary}--\r\n".encode()
        token = "a" * 32
        return self.asked(
            "POST",
            address,
            body,
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Cookie": f"sessionid={self.session}; csrftoken={token}",
                "X-CSRFToken": token,
            },
        )

    def asked(self, method: str, address: str, body: bytes = b"", headers: dict | None = None) -> tuple[int, float]:
        begin = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, address, body, {"Host": "localhost", **(headers or {})})
            response = connection.getresponse()
            response.read()
            return response.status, time.monotonic() - begin
        finally:
            connection.close()

    def largest_process(self) -> float:
        """Megabytes of memory of the largest process of the site, those that look at files among them."""
        family, sizes = {self.pid}, [0.0]
        for _generation in range(4):
            for path in Path("/proc").glob("[0-9]*/stat"):
                try:
                    parent = int(path.read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if parent in family:
                    family.add(int(path.parent.name))
        for pid in family:
            try:
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            except OSError:
                continue
            sizes += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")]
        return max(sizes)


@pytest.fixture
def site(migrated_snapshot, django_db_setup, tmp_path) -> Iterator[Site]:
    shutil.copy(migrated_snapshot, tmp_path / "hub.sqlite3")
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "tests.attacks.served",
        "HUB_VAR_DIR": str(tmp_path),
        "BIND": f"127.0.0.1:{port}",
    }

    def told(code: str) -> dict:
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    prepared = told(PREPARE)
    takes = told(ADDRESSES % {"sheet": prepared["sheet"]})
    command = [sys.executable, "-m", "gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
        try:
            found = Site(port=port, pid=process.pid, session=prepared["session"], takes=takes)
            until = time.monotonic() + START_TIME_LIMIT
            while True:
                try:
                    if found.asked("GET", "/")[0] == 200:
                        break
                except OSError:
                    assert process.poll() is None
                assert time.monotonic() < until, (tmp_path / "log").read_text()
                time.sleep(0.2)
            for _warm in range(4):
                found.asked("GET", "/")
            yield found
        finally:
            process.terminate()
            process.wait(timeout=START_TIME_LIMIT)


def costly() -> list[tuple[str, str, bytes]]:
    """The files that stopped the site, each with the views it is for."""
    photo = picture("JPEG", size=(2000, 1500), progressive=True)
    scan = photo[photo.rindex(b"\xff\xda") : -2]
    relations = {f"word/_rels/{number}.rels": b"<r>" + b"<a/>" * 1_000_000 + b"</r>" for number in range(45)}
    blank = picture("PNG", size=(4472, 4472), mode="RGBA")
    return [
        ("document", "a.txt", b"\n" * 300_000),
        ("document", "a.csv", b"\t" * 300_000),
        ("document", "a.pdf", pdf(object_list(b"/#41" * 8_000_000))),
        ("document", "b.pdf", pdf(*[b"<< /Length 150 >>\nstream\n" + b"x" * 150 + b"\nendstream"] * 24_000)),
        ("document", "a.docx", office(parts=relations)),
        ("image", "a.jpg", photo[:-2] + scan * 3000 + photo[-2:]),
        ("image", "b.jpg", photo[:-2] + scan * 90 + photo[-2:]),
        *[("image", "a.png", blank)] * 8,
        *[("editor image", "a.png", blank)] * 4,
        ("editor image", "a.jpg", photo[:-2] + scan * 90 + photo[-2:]),
        ("editor document", "a.pdf", pdf(object_list(b"/#4a" * 8_000_000))),
        ("editor document", "a.docx", office(parts=relations)),
        ("table", "a.csv", b";" * 5_000_000),
        ("table", "a.csv", b"\n" * 5_000_000),
        ("table", "a.xlsx", office("xlsx", parts=relations)),
        ("recap", "a.html", b"<p>" * 100_000),
    ]


def generated(count: int) -> list[tuple[str, str, bytes]]:
    chance = random.Random(13)  # noqa: S311 — the same files each time
    marks = [b"\n", b"\t", b";", b"=", b"|", b"!", b"<", b"/", b"#", b"/#41", b"[", b"(", b"<<", b" ", b"-", b'"']
    made = []
    for _number in range(count):
        text = b"".join(chance.choice(marks) * chance.choice([1, 100, 20_000]) for _piece in range(20))
        made.append(
            chance.choice(
                [
                    ("document", "a.txt", text),
                    ("document", "a.pdf", pdf(text)),
                    ("document", "a.pdf", pdf(object_list(text))),
                    ("document", "a.docx", office(parts={"word/_rels/a.rels": b"<r>" + text + b"</r>"})),
                    ("editor document", "a.csv", text),
                    ("table", "a.csv", text),
                    ("image", "a.gif", samples.picture("GIF")[:-2] + text),
                ]
            )
        )
    return made


def test_no_file_stops_the_site(site):
    # A machine that does other things as well is slower by as much.
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    waiting = [*costly(), *generated(GENERATED)]
    random.Random(5).shuffle(waiting)  # noqa: S311 — the same order each time
    answers, pages, largest, over = [], [], [0.0], threading.Event()
    lock = threading.Lock()

    def send() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                where, name, content = waiting.pop()
            status, seconds = site.post(where, name=name, content=content)
            answers.append((round(seconds, 2), where, name, len(content), status))

    def visit() -> None:
        while not over.is_set():
            status, seconds = site.asked("GET", "/")
            pages.append((round(seconds, 2), status))
            largest.append(site.largest_process())
            time.sleep(0.1)

    visitor = threading.Thread(target=visit)
    visitor.start()
    senders = [threading.Thread(target=send) for _number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    over.set()
    visitor.join()
    print(sorted(answers)[-5:], sorted(pages)[-5:], max(largest), len(answers))  # noqa: T201 — the figures, with -s
    assert not [answer for answer in answers if answer[-1] >= 500 or answer[-1] in {403, 404}]
    assert max(answers)[0] < LONGEST_REQUEST * busy, sorted(answers)[-5:]
    assert max(largest) < LARGEST_PROCESS
    assert {status for _seconds, status in pages} == {200}
    assert sorted(pages)[len(pages) * 19 // 20][0] < LONGEST_PAGE * busy, sorted(pages)[-5:]
    assert max(pages)[0] < LONGEST_REQUEST * busy
