"""In which form an answer is wanted: a page, or what a script of the page reads."""

from django.http import HttpRequest


def wants_json(*, request: HttpRequest) -> bool:
    """Whether a script asks. Who accepts both, or says nothing, gets a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
