"""Names people give their files."""

import pytest

from hub.files.reading import RANDOM_NAME, extension_of, random_name, safe_stem, title_of


@pytest.mark.parametrize(
    ("name", "stem", "title"),
    [
        ("Convention 2024_signée.pdf", "Convention-2024-signée", "Convention 2024 signée"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\Users\\claire\\bilan.docx", "bilan", "bilan"),
        ("facture\u202efdp.exe", "facturefdp", "facturefdp"),
        ("a\x00b\nc.pdf", "ab-c", "ab c"),
        ("<b>bilan</b>.pdf", "b", "b>"),
        ("  .pdf", "pdf", "pdf"),
        ("...", "Fichier", "Fichier"),
        ("", "Fichier", "Fichier"),
        ("???.pdf", "fichier", "???"),
        ("é" * 300 + ".pdf", "é" * 60, "é" * 120),
        ("Bilan\u00a0: l’été 50 %.pdf", "Bilan-l’été-50", "Bilan : l’été 50 %"),
        ("e\u0301te\u0301.pdf", "été", "été"),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(name, stem, title):
    assert (safe_stem(name=name), title_of(name=name)) == (stem, title)


def test_the_extension_is_what_follows_the_last_dot():
    assert [extension_of(name=name) for name in ("a.b.PDF", "a", ".pdf", "a.", "x/y.z/a")] == ["pdf", "", "", "", ""]


def test_nobody_guesses_the_next_name():
    names = {random_name() for _ in range(200)}
    assert len(names) == 200
    assert all(RANDOM_NAME.fullmatch(name) for name in names)
