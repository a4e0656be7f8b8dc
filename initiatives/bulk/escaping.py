"""Texts in a table that a spreadsheet will open: none of them may become a formula."""

# A spreadsheet computes what begins so, tabulations and line ends aside.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_data(text: str) -> str:
    """Return ``text`` as a spreadsheet shows it, and computes nothing. The import reads it back as it was."""
    return f"'{text}" if text.startswith(_STARTS) else text
