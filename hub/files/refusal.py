"""Why a file is not taken."""


class FileRefused(Exception):  # noqa: N818 — it names what happens to the file, the person made no error
    """A file is not taken. ``message`` is one French sentence: the reason and the way out."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
