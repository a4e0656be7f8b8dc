"""What goes wrong with the input, said to the person who gave it."""


class UnreadableRecap(Exception):  # noqa: N818 - what the input is, and what is said of it
    """The input is not a recap that can be read; the message, in French, says why and is meant to be shown."""
