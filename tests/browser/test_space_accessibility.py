"""No page of the partner space breaks a rule, is invalid or too wide, in any state and whatever is typed in it."""

from uuid import uuid4

import pytest

from tests.browser.looks import Looks
from tests.browser.partners import sign_in
from tests.browser.scenes import MARC, NORA, ODILE, SAMI
from tests.browser.test_space import save_and_stay, summary
from tests.files.samples import ACCEPTED, HTML, SVG

pytestmark = pytest.mark.browser

LONG_NAME = "une-convention-au-nom-tres-long-que-personne-n-a-raccourci-avant-de-nous-l-envoyer-v2.pdf"
STEPS = ("essentiel", "recit", "partenaires", "territoires", "resultats", "documents", "envoi")


def press(looks: Looks, button: str) -> None:
    """Press a button of the page itself, and be shown what answers."""
    with looks.page.expect_navigation():
        looks.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def send(looks: Looks, label: str, address: str, *, button: str, **values: str) -> None:
    """Fill a form, send it, and look at what answers."""
    looks.page.goto(address)
    for field, value in values.items():
        control = looks.page.get_by_role("main").locator(f"[name={field}]:visible")
        control.select_option(value) if control.evaluate("node => node.tagName") == "SELECT" else control.fill(value)
    press(looks, button)
    looks.look(label)


def refuse(looks: Looks, name: str) -> None:
    """Save the step, be refused, and look."""
    save_and_stay(looks.page)
    assert looks.page.title().startswith("Erreur"), name
    looks.look(name)


@pytest.mark.parametrize("sheet", ["empty", "full"])
def test_every_step(broken, addresses, sheet: str):
    def scenario(looks: Looks) -> None:
        for step in STEPS:
            looks.at(f"{sheet} {step}", f"{addresses[sheet]}{step}/")

    assert broken(scenario, key=ODILE) == {}


def test_every_step_with_remarks_and_while_it_is_read_only(broken, addresses):
    def scenario(looks: Looks) -> None:
        for step in ("essentiel", "partenaires", "territoires", "documents", "envoi"):
            looks.at(f"returned {step}", f"{addresses['returned']}{step}/")
        for step in ("essentiel", "partenaires", "territoires", "resultats", "documents", "envoi"):
            looks.at(f"waiting {step}", f"{addresses['waiting']}{step}/")

    assert broken(scenario, key=ODILE) == {}


def test_every_step_refused(broken, addresses):
    def scenario(looks: Looks) -> None:
        page, sheet = looks.page, addresses["full"]
        page.goto(f"{sheet}essentiel/")
        page.locator("[name=start_year]").fill("2023")
        page.locator("[name=end_year]").fill("1999")
        page.locator("[name=tags]").fill("mot " * 40)
        refuse(looks, "essentiel refused")
        page.goto(f"{sheet}partenaires/")
        press(looks, "Ajouter un partenaire")
        page.locator(".hub-combobox input:visible").last.fill("Une structure que personne ne connaît")
        refuse(looks, "partenaires refused")
        page.goto(f"{sheet}resultats/")
        press(looks, "Ajouter un chiffre")
        page.locator("[name$=-value]").last.fill("beaucoup")
        refuse(looks, "resultats refused")
        page.goto(f"{sheet}documents/")
        page.locator("[name=new_image]").set_input_files({"name": "dessin.png", "mimeType": "image/png", "buffer": SVG})
        page.locator("[name=new_documents]").set_input_files(
            [
                {"name": name, "mimeType": "application/pdf", "buffer": content}
                for name, content in ((LONG_NAME, HTML), ("vide.pdf", b""), ("macros.docm", ACCEPTED["rapport.pdf"]))
            ]
        )
        page.locator("[name=contact_email]").fill("pas une adresse")
        refuse(looks, "documents refused")

    assert broken(scenario, key=ODILE) == {}


def test_two_texts_to_choose_from(broken, addresses, hub_url):
    def scenario(looks: Looks) -> None:
        address = f"{addresses['two texts']}essentiel/"
        looks.page.goto(address)
        sign_in(looks.page, key=MARC, address=hub_url)
        colleague = looks.page.context.new_page()
        colleague.goto(address)
        summary(colleague).fill(f"Par Marc. {uuid4().hex}")
        save_and_stay(colleague)
        colleague.close()
        sign_in(looks.page, key=ODILE, address=hub_url)
        summary(looks.page).fill(f"Par Odile. {uuid4().hex}")
        save_and_stay(looks.page)
        looks.look("two texts")

    assert broken(scenario, key=ODILE) == {}


def test_a_sheet_in_every_state(broken, addresses):
    def scenario(looks: Looks) -> None:
        for name in ("empty", "full", "waiting", "returned", "online", "changing", "updated", "leaving", "archived"):
            looks.at(f"sheet {name}", addresses[name])

    assert broken(scenario, key=ODILE) == {}


def test_what_is_done_with_a_sheet(broken, addresses):
    def scenario(looks: Looks) -> None:
        full, online = addresses["full"], addresses["online"]
        looks.at("dashboard", "/espace/")
        looks.at("dashboard filtered", "/espace/?etat=draft")
        looks.at("preview", f"{full}apercu/")
        looks.at("deletion", f"{full}supprimer/")
        looks.at("sending", f"{full}envoyer/")
        looks.at("withdrawal", f"{addresses['waiting']}reprendre/")
        looks.at("unpublication", f"{online}retrait/")
        looks.at("archiving", f"{online}archiver/")
        looks.at("parts", f"{online}participations/")
        looks.at("no parts", f"{addresses['changing']}participations/")
        looks.at("thread", f"{addresses['returned']}echanges/")
        looks.at("empty thread", f"{full}echanges/")
        looks.at("versions", f"{addresses['updated']}versions/")
        for name in ("comparison", "nothing compared", "version"):
            looks.at(name, addresses[name])
        send(looks, "unpublication refused", f"{online}retrait/", button="Demander le retrait")
        send(looks, "message refused", f"{full}echanges/", button="Envoyer le message")
        looks.at("sent", f"{addresses['waiting']}envoyee/")
        looks.at("leaving", f"{online}retirer-du-site/")
        # Sent from a window that shows an older text: what is missing is told.
        looks.page.goto(f"{full}envoyer/")
        address = f"{addresses['empty']}envoyer/"
        looks.page.locator("form[action$='/envoyer/']").evaluate(
            "(form, address) => { form.action = address; }", address
        )
        with looks.page.expect_navigation():
            looks.page.get_by_role("button", name="Envoyer en relecture").click()
        looks.look("sending refused")
        send(looks, "new sheet refused", "/espace/fiches/nouvelle/", button="Commencer la fiche", modele="nulle part")

    assert broken(scenario, key=ODILE) == {}


def test_the_way_in_before_any_sign_in(broken):
    def scenario(looks: Looks) -> None:
        for name in ("", "questions/", "guide/"):
            looks.at(f"start {name}", f"/proposer-une-initiative/{name}")

    assert broken(scenario) == {}


def test_structures_and_their_members(broken, addresses):
    def scenario(looks: Looks) -> None:
        looks.at("structures", "/espace/structures/")
        for name in ("members", "member's removal", "leaving a structure", "request to answer"):
            looks.at(name, addresses[name])
        send(looks, "invitation refused", addresses["members"], button="Envoyer l’invitation", email="personne")
        send(looks, "answer refused", addresses["request to answer"], button="Refuser")

    assert broken(scenario, key=ODILE) == {}


def test_somebody_who_has_no_sheet_yet(broken, addresses):
    def scenario(looks: Looks) -> None:
        looks.at("empty dashboard", "/espace/")
        looks.at("new sheet of two structures", "/espace/fiches/nouvelle/")
        looks.at("structures, one refused", "/espace/structures/")
        for name in ("leaving alone", "invitation", "late invitation"):
            looks.at(name, addresses[name])
        looks.at("unknown invitation", "/espace/structures/invitation/rien/")
        send(looks, "new sheet refused", "/espace/fiches/nouvelle/", button="Commencer la fiche")

    assert broken(scenario, key=NORA) == {}


def test_somebody_who_asks_for_access(broken):
    def scenario(looks: Looks) -> None:
        looks.at("asked", "/espace/")
        looks.at("join", "/espace/structures/rejoindre/")
        looks.at("join found", "/espace/structures/rejoindre/?q=regards")
        looks.at("join not found", "/espace/structures/rejoindre/?q=hippopotame")
        looks.at("describe", "/espace/structures/rejoindre/nouvelle/?nom=Structure des regards")
        send(looks, "join refused", "/espace/structures/rejoindre/?q=regards", button="Demander l’accès")
        send(
            looks,
            "describe refused",
            "/espace/structures/rejoindre/nouvelle/",
            button="Envoyer à la Dihal",
            name="ADIL des regard",
            website="pas une adresse",
        )

    assert broken(scenario, key=SAMI) == {}


def test_what_a_reader_answers_by_a_link(broken, addresses):
    def scenario(looks: Looks) -> None:
        for name in ("confirmation link", "expired link", "part link", "report"):
            looks.at(name, addresses[name])
        looks.at("forged link", "/participation/rien/")
        looks.at("report sent", f"{addresses['report']}?envoye=1")
        send(looks, "report refused", addresses["report"], button="Envoyer le signalement", email="personne")
        send(looks, "part refused", addresses["part link"], button="Envoyer ma réponse")

    assert broken(scenario) == {}
