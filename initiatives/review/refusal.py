"""Why an act of the review was not done."""


class ReviewRefused(Exception):  # noqa: N818 — it is an answer, not a fault
    """The act is not possible as things stand; nothing was changed. ``str()`` of it is a French sentence to show.

    ``fields`` names what is missing or wrong in the text, by field, when that is the reason.
    """

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}
