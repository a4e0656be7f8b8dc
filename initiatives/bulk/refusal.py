"""Why a file cannot be imported at all."""


class UnreadableFile(Exception):  # noqa: N818 — it says what the file is
    """The file is not a table this import reads. ``str()`` of it is a French sentence: the reason and the way out."""
