"""One voice for what is not done: the refusal, and how a person is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

# The status of a page that says what to correct, with all that was typed.
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


class Refused(Exception):  # noqa: N818 - an answer to a person, not a fault
    """Nothing was changed. ``message`` is a French sentence to show: the reason, and the way out.

    ``fields`` holds what is said of single fields, by name. A kind of refusal that always says the same declares its
    ``message``; it is a class of its own only where a caller answers it in another way.
    """

    message = ""

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.message = message or self.message
        self.fields = dict(fields or {})
        super().__init__(self.message)

    def add_to(self, form: BaseForm) -> None:
        """Say it on a form: of each field it names, and above the form otherwise."""
        if self.message:
            form.add_error(None, self.message)
        for name, text in self.fields.items():
            form.add_error(name if name in form.fields else None, text)


@contextmanager
def telling(request: HttpRequest, *, done: str = "") -> Iterator[None]:
    """Tell the person how the act of this block ended: ``done``, or why it was refused. A refusal goes no further."""
    try:
        yield
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        if done:
            messages.success(request, done)
