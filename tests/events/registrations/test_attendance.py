"""Who was there, from the tables people have."""

import pytest

from events.registrations.attendance import MAX_BYTES, MAX_LINES, Outcome, decoded, keep, match, read_attendees
from events.registrations.models import Registration
from hub.refusals import Refused
from tests.events.registrations.conftest import sign_up

TEAMS_FR = """1. Résumé
Titre de la réunion\t90e atelier
Participants présents\t3
Heure de début\t19/01/2027 09:25:00

2. Participants
Nom\tPremière participation\tDernier départ\tDurée de la réunion\tE-mail\tID de participant (UPN)\tRôle
Awa\t19/01/2027 09:28:01\t19/01/2027 12:00:11\t2 h 32 min 10 s\tAwa@ADIL.example\tawa@adil.example\tPrésentateur
Diop, Boris (Externe)\t19/01/2027 09:40:00\t19/01/2027 10:00:00\t20 min\t\t\tParticipant
Inconnue\t19/01/2027 09:40:00\t19/01/2027 10:00:00\t20 min 30 s\tx@ailleurs.example\t\tParticipant

3. Activités durant la réunion
Nom\tHeure de participation\tHeure de départ\tDurée\tE-mail\tRôle
Awa\t19/01/2027 09:28:01\t19/01/2027 12:00:11\t2 h 32 min 10 s\tawa@adil.example\tPrésentateur
"""
TEAMS_EN = """1. Summary
Meeting title\tWorkshop
Attended participants\t2

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Awa\t1/19/27, 9:28:01 AM\t1/19/27, 12:00:11 PM\t2h 32m 10s\t\tawa@adil.example\tOrganizer

3. In-Meeting Activities
Name\tJoin Time
"""
ZOOM_EN = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
123,Workshop,01/19/2027 09:25,01/19/2027 12:00,dihal@example.org,155,2

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Awa (Awa D.),awa@adil.example,01/19/2027 09:28,01/19/2027 10:00,32,Yes
Awa,awa@adil.example,01/19/2027 10:05,01/19/2027 12:00,115,Yes
"Roux, Anne",,01/19/2027 10:05,01/19/2027 12:00,115,Yes
"""
ZOOM_FR = """Nom (nom original);E-mail de l’utilisateur;Heure d’arrivée;Heure de départ;Durée (minutes);Invité
Awa;awa@adil.example;19/01/2027 09:28;19/01/2027 12:00;152;Oui
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            TEAMS_FR.encode("utf-16"),
            [
                ("Awa", "awa@adil.example", 152, [8]),
                ("Diop, Boris (Externe)", "", 20, [9]),
                ("Inconnue", "x@ailleurs.example", 20, [10]),
            ],
        ),
        (TEAMS_EN.encode("utf-16-le"), [("Awa", "awa@adil.example", 152, [7])]),
        (ZOOM_EN.encode(), [("Awa (Awa D.)", "awa@adil.example", 147, [5, 6]), ("Roux, Anne", "", 115, [7])]),
        (ZOOM_FR.encode("utf-8-sig"), [("Awa", "awa@adil.example", 152, [2])]),
        (ZOOM_FR.replace("’", "'").encode("cp1252"), [("Awa", "awa@adil.example", 152, [2])]),
    ],
    ids=["teams-fr", "teams-en", "zoom-en", "zoom-fr", "zoom-fr-latin"],
)
def test_each_form_gives_its_people_once(content, expected):
    people = read_attendees(decoded(content))
    assert [(one.name, one.email, one.minutes, one.lines) for one in people] == expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choisissez un fichier"),
        (b"%PDF-1.7\n%\x00\x01", "tableau de texte"),
        (b"a" * (MAX_BYTES + 1), "trop lourd"),
        (b"Bonjour,voici\nla,liste", "Aucune ligne de titres"),
        (b"Name,Email\n", "personne dessous"),
        (b"Name,Email\n" + b"a,b\n" * MAX_LINES, "plus de"),
        (b'Name,Email\n"a' + b"b" * 200_000, "mal formé"),
    ],
)
def test_what_is_no_table_is_told(content, sentence):
    with pytest.raises(Refused, match=sentence):
        read_attendees(decoded(content))


@pytest.mark.django_db
def test_people_are_found_by_address_then_by_a_name_only_one_has(workshop):
    workshop.registration_capacity = None
    workshop.save()
    for name in ("awa", "boris diop", "anne roux", "anne-roux", "yves"):
        sign_up(workshop, name)
    table = (
        "Name\tEmail\tDuration\nAwa\tawa@adil.example\t60\nDIOP Boris (Externe)\t\t30\nRoux, Anne\t\t1\n"
        "...\t\t4\nZoé\tz@x.example\t5"
    )
    people = match(attendees=read_attendees(table), workshop=workshop)
    outcomes = [Outcome.FOUND, Outcome.FOUND, Outcome.UNSURE, Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert [one.outcome for one in people] == outcomes
    assert not Registration.objects.exclude(is_present=None).exists()  # nothing is written before one says so
    assert keep(attendees=people, workshop=workshop) == 2
    present = Registration.objects.filter(is_present=True).order_by("pk")
    assert [(one.name, one.minutes_present) for one in present] == [("Awa", 60), ("Boris Diop", 30)]
    assert Registration.objects.filter(is_present=False).count() == 3
    more = match(attendees=read_attendees("Name,Email\nYves,yves@adil.example"), workshop=workshop)
    keep(attendees=more, workshop=workshop)
    assert Registration.objects.filter(is_present=True).count() == 3
