"""A mail server on this machine: it speaks real SMTP, keeps what it accepts, and refuses what it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass(slots=True)
class MailServer:
    """What the server accepted, and how it answers.

    ``answers`` gives, by recipient, what is said to its RCPT; ``content_answer`` what is said at the end of each mail,
    acceptance by default. ``hangs_up_after`` is a command it answers to
    by closing the connection.
    """

    port: int = 0
    accepted: list[Message] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    content_answer: str = ""
    hangs_up_after: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Conversation(socketserver.StreamRequestHandler):
    """One client, line by line (RFC 5321)."""

    def handle(self) -> None:
        self._say("220 essai")
        self._recipient = ""
        while line := self.rfile.readline():
            words = line.decode().strip()
            command = words.split(" ", 1)[0].split(":", 1)[0].upper()
            if command == self.known.hangs_up_after:
                return
            if command == "QUIT":
                self._say("221 au revoir")
                return
            if command == "RCPT":
                self._recipient = words.split("<", 1)[1].split(">", 1)[0]
                self._say(self.known.answers.get(self._recipient, "250 ok"))
            elif command == "DATA":
                self._take_content()
            else:
                self._say("250 ok")

    @property
    def known(self) -> MailServer:
        return self.server.known

    def _take_content(self) -> None:
        self._say("354 dites")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.known.content_answer:
            self._say(self.known.content_answer)
            return
        with self.known.lock:
            self.known.accepted.append(message_from_bytes(b"".join(lines)))
            self.known.recipients.append(self._recipient)
        self._say("250 accepté")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Listening(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    known: MailServer


@contextmanager
def running_mail_server(*, known: MailServer | None = None) -> Iterator[MailServer]:
    """Run a mail server; give ``known`` back to have one that was stopped run again at the same port."""
    known = known or MailServer()
    with _Listening(("127.0.0.1", known.port), _Conversation) as listening:
        listening.known = known
        known.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield known
        finally:
            listening.shutdown()
            thread.join()
