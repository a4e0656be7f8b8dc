import unicodedata


def without_accents(text: str) -> str:
    """Return a text with its letters apart from what is written on them, and compatible forms made one (NFKD)."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
