from typing import Any

from bs4 import BeautifulSoup
from django.core.exceptions import BadRequest
from django.utils.html import escape
from wagtail.admin.rich_text import DraftailRichTextArea

# What reading a text that the editor did not write raises, depending on what it is.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


class RichTextArea(DraftailRichTextArea):
    """Refuses what no editor sends, and shows the words of a stored text whose markup it cannot read."""

    def format_value(self, value: Any) -> Any:
        try:
            return super().format_value(value)
        except _UNREADABLE:
            lines = BeautifulSoup(str(value), "html.parser").get_text("\n").split("\n")
            words = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())
            return super().format_value(words)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            return super().value_from_datadict(data, files, name)
        except _UNREADABLE as error:
            raise BadRequest(f"the field {name} does not hold what the editor of rich texts sends") from error
