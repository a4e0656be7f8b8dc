"""The mails people receive: a demonstration prints them on its console, whole, as it hands them over."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from tests.accounts.signing_in import CODE
from tests.browser.hub_process import CONSOLE

BETWEEN = "-" * 79
LONGEST = 15.0  # seconds
HEADERS = re.compile(r"^(?:Content-Type|MIME-Version): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is read."""

    recipient: str
    subject: str
    text: str

    def code(self) -> str:
        """The code to type that it holds."""
        return self._found(CODE)

    def link(self, *, beginning: str) -> str:
        """The address it holds that begins so after the name of the site."""
        return self._found(re.compile(rf"(https?://[^/\s]+{re.escape(beginning)}\S*)"))

    def _found(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.text)
        assert found, self.text
        return found[1]


class Mailbox:
    """Everybody's mails, since the hub was prepared."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder

    def of(self, recipient: str) -> list[Mail]:
        """The mails of one person."""
        # A hub that another process of the tests serves may deliver what this one queued.
        consoles = sorted(self._folder.glob(f"{CONSOLE}*.log"))
        parts = [part for console in consoles for part in console.read_text().split(BETWEEN)[:-1]]
        return [mail for part in parts if (mail := _read(part)) and mail.recipient == recipient]

    def wait_for(self, recipient: str, *, about: str, count: int = 1) -> Mail:
        """The last mail of one person whose subject has these words, once there are ``count`` of them, and no more.

        Raises:
            AssertionError: when they do not come, or when too many do, with the subjects that came.
        """
        limit = time.monotonic() + LONGEST
        while True:
            mails = self.of(recipient)
            found = [mail for mail in mails if about in mail.subject]
            if len(found) == count:
                return found[-1]
            assert len(found) < count, [mail.subject for mail in mails]
            assert time.monotonic() < limit, [mail.subject for mail in mails]
            time.sleep(0.1)


def _read(part: str) -> Mail | None:
    beginning = HEADERS.search(part)
    if beginning is None:
        return None
    message = message_from_bytes(part[beginning.start() :].encode(), policy=policy.default)
    body = message.get_body(preferencelist=("plain",))  # an event may be attached
    return Mail(recipient=message["To"], subject=message["Subject"].strip(), text=body.get_content() if body else "")
