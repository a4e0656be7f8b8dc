"""Before a transcript is kept, a person is told what it lacks, by line, and whether it may be a summary."""

from datetime import timedelta

import pytest

from events.transcripts.checking import SHOWN_PROBLEMS, check_transcript

SUMMARY = (
    "L’atelier a réuni les acteurs du département. La première séquence est consacrée au dispositif et à ses effets. "
    "Le conseil départemental présente la plateforme, financée par l’État. Les participants soulignent la qualité du "
    "partenariat et le besoin de logements. La seconde séquence traite du financement des mesures."
)
SPOKEN = (
    "Bonjour à tous, je suis ravie d’être là. Nous avons commencé avec deux personnes, et je vous assure que ça "
    "n’était pas gagné. On a appelé tout le monde. Voilà, je vous passe la parole, et nous verrons ensuite ce que vous "
    "en pensez. "
)


@pytest.mark.parametrize(
    ("text", "minutes", "is_summary"),
    [
        (SUMMARY, 120, True),
        (SUMMARY, None, True),
        (f"00:00 {SUMMARY}", 120, True),
        (SPOKEN * 20, None, False),
        (SPOKEN * 20, 8, False),
        (f"0:00 {SPOKEN}", 120, False),  # a beginning, not a summary
        ("Bonjour.", None, False),
    ],
)
def test_a_summary_is_told_by_two_signs_of_three(text, minutes, is_summary):
    check = check_transcript(text=text, duration=timedelta(minutes=minutes) if minutes else None)
    assert any("ressemble à un résumé" in problem.message for problem in check.told) is is_summary


def test_what_is_true_of_many_lines_is_told_once():
    cues = "\n\n".join(f"00:{at:02}.000 --> 00:{at:02}.500\n" for at in range(12))
    check = check_transcript(text=f"WEBVTT\n\n{cues}\n00:50.000 --> 00:52.000\nUn mot.")
    assert [(problem.where, problem.message) for problem in check.told] == [
        ("lignes 3, 6, 9, 12, 15, 18, 21, 24 et 4 autres", "Ce sous-titre n’a pas de mots.")
    ]


def test_many_different_remarks_are_counted_past_the_first():
    lines = "\n".join(f"{at // 60}:{at % 60:02} mot {at}" for at in range(400, 0, -1))
    check = check_transcript(text=lines)
    assert len(check.told) == SHOWN_PROBLEMS
    assert check.untold_count == 399 - SHOWN_PROBLEMS


def test_a_transcript_is_compared_with_the_length_of_its_replay():
    check = check_transcript(text="0:10 Bonjour à tous.\n20:00 La suite.", duration=timedelta(minutes=10))
    assert ("ligne 2", "Ces paroles commencent après la fin du replay (10:00).") in {
        (problem.where, problem.message) for problem in check.told
    }
    check = check_transcript(text="0:10 Bonjour à tous.", duration=timedelta(minutes=10))
    assert any("s’arrête à 0:10" in problem.message for problem in check.told)


def test_nothing_is_said_of_no_text():
    assert check_transcript(text=" \n ") is None
