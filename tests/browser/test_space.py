"""In the partner space nothing is lost: savings, broken connections, sessions that end, colleagues, no JavaScript."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.partners import AWA, LEA, NEWCOMER, STRUCTURE, session_expires, sign_in

pytestmark = pytest.mark.browser

SAVED = re.compile(r"^Enregistré à \d\d:\d\d")
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('hub-espace:'))"
# What a browser says by itself when a test breaks the connection or ends the session.
BROKEN = ("Failed to load resource",)


def begin_sheet(page: Page) -> str:
    """Begin a sheet through the pages, and return the address of its first step."""
    page.goto("/espace/fiches/nouvelle/")
    page.get_by_role("button", name="Commencer la fiche").click()
    page.wait_for_url("**/essentiel/")
    return page.url


def summary(page: Page):
    return page.locator("[name=summary]")


def save_and_stay(page: Page) -> None:
    """Press the button that saves the step, and be shown what answers it."""
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer et rester ici").click()


def line(page: Page):
    return page.locator("[data-space-line]")


def told_to_be_saved(page: Page) -> None:
    expect(line(page)).to_have_text(SAVED)


def test_what_is_written_is_saved_by_itself(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        page.locator("[name=title]").fill("Colocation à Bourg")
        summary(page).fill("Des jeunes et des aînés.")
        told_to_be_saved(page)
        assert page.evaluate(KEPT) == []
        page.goto(address)
        expect(summary(page)).to_have_value("Des jeunes et des aînés.")
        # One saving after the other, then the person's own button.
        summary(page).fill("Des jeunes, des aînés.")
        told_to_be_saved(page)
        summary(page).fill("Des jeunes, des aînés, un bailleur.")
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("^Enregistrer")).first.click()
        page.goto(address)
        expect(summary(page)).to_have_value("Des jeunes, des aînés, un bailleur.")

    partner(scenario)


def test_the_button_pressed_from_the_last_field_is_where_it_was(partner):
    def scenario(page: Page) -> None:
        page.goto(begin_sheet(page).replace("/essentiel/", "/partenaires/"), wait_until="networkidle")
        page.get_by_label("Ce qu’elle fait").focus()
        button = page.get_by_role("button", name="Enregistrer et continuer")
        before = button.bounding_box()
        page.get_by_label("Ce qu’elle fait").blur()
        assert button.bounding_box() == before

    partner(scenario)


def test_after_a_refusal_the_page_says_one_thing(partner):
    def scenario(page: Page) -> None:
        begin_sheet(page)
        page.locator("[name=title]").fill("Gardé")
        page.locator("[name=start_year]").fill("2023")
        page.locator("[name=end_year]").fill("1999")
        save_and_stay(page)
        expect(page.locator("#erreurs")).to_contain_text("Le reste de l’étape est enregistré.")
        page.wait_for_timeout(3000)  # longer than a saving waits
        expect(line(page)).to_have_text(re.compile(r"^Enregistré à \d\d:\d\d, sauf ce qui est à corriger"))
        assert len(page.evaluate(KEPT)) == 1  # what is wrong is on this device alone
        page.locator("[name=end_year]").fill("2024")
        told_to_be_saved(page)
        assert page.evaluate(KEPT) == []

    partner(scenario, forgiven=BROKEN)


def test_leaving_the_page_saves(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        summary(page).fill("Écrit juste avant de partir.")
        page.goto("/espace/")
        # From a page that puts nothing back by itself: the server has it, or never will.
        for _second in range(10):
            if "Écrit juste avant de partir." in page.context.request.get(address).text():
                return
            page.wait_for_timeout(1000)
        raise AssertionError(page.evaluate(KEPT))

    partner(scenario)


def test_the_page_that_checks_never_misses_what_was_just_typed(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        checking = address.replace("/essentiel/", "/envoi/")
        main = page.get_by_role("main")
        page.locator("[name=title]").fill("Écrit à l’instant")
        page.get_by_role("link", name="Vérifier et envoyer").first.click()
        page.wait_for_url(checking)
        expect(main).not_to_contain_text("Un titre")
        expect(main).to_contain_text("Un chapô")
        expect(main).to_contain_text("Pas encore envoyée.")
        assert page.evaluate(KEPT) == []
        # Opened by its address while the saving is under way: it is shown again once the server has it.
        page.goto(address)
        summary(page).fill("Trois phrases, au plus.")
        page.goto(checking)
        expect(main).not_to_contain_text("Un chapô")
        assert page.evaluate(KEPT) == []
        # What this device alone keeps is told, with the way to it.
        page.goto(address)
        page.locator("[name=end_year]").fill("1812")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        page.get_by_role("link", name="Vérifier et envoyer").first.click()
        expect(main).to_contain_text("il n’est que sur cet appareil", timeout=10_000)

    partner(scenario, forgiven=BROKEN)


def test_a_broken_connection_loses_nothing(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        page.context.set_offline(True)
        summary(page).fill("Écrit dans le train.")
        expect(line(page)).to_contain_text("Hors ligne : gardé sur cet appareil.")
        assert len(page.evaluate(KEPT)) == 1
        page.context.set_offline(False)
        told_to_be_saved(page)
        assert page.evaluate(KEPT) == []
        page.goto(address)
        expect(summary(page)).to_have_value("Écrit dans le train.")

    partner(scenario, forgiven=BROKEN)


def test_a_page_closed_without_a_connection_is_restored(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        page.context.set_offline(True)
        summary(page).fill("Écrit, puis la batterie a lâché.")
        expect(line(page)).to_contain_text("Hors ligne")
        page.close()
        page.context.set_offline(False)
        again = page.context.new_page()
        again.goto(address)
        expect(summary(again)).to_have_value("Écrit, puis la batterie a lâché.")
        told_to_be_saved(again)
        assert again.evaluate(KEPT) == []

    partner(scenario, forgiven=BROKEN)


def test_a_session_that_ends_loses_nothing(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        session_expires(page)
        summary(page).fill("Écrit après la pause.")
        expect(line(page)).to_contain_text("Votre session a expiré")
        page.get_by_role("link", name="Se reconnecter").click()
        page.wait_for_url("**/compte/connexion/**")
        assert "next=" in page.url
        sign_in(page, key=AWA, address=hub_url)
        page.goto(address)
        expect(summary(page)).to_have_value("Écrit après la pause.")
        told_to_be_saved(page)
        page.goto(address)
        expect(summary(page)).to_have_value("Écrit après la pause.")

    partner(scenario, forgiven=BROKEN)


def test_what_one_person_wrote_is_never_shown_to_another(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        session_expires(page)
        summary(page).fill("À Awa seule.")
        expect(line(page)).to_contain_text("Votre session a expiré")
        sign_in(page, key=LEA, address=hub_url)
        page.goto(address)
        expect(summary(page)).to_have_value("")
        assert page.evaluate(KEPT) == []

    partner(scenario, forgiven=BROKEN)


def test_two_colleagues_see_each_other_and_overwrite_nothing(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        other = page.context.browser.new_context(base_url=hub_url)
        sign_in(colleague := other.new_page(), key=LEA, address=hub_url)
        colleague.goto(address)
        expect(colleague.locator("[data-space-people]")).to_have_text(re.compile("Awa Diop est aussi sur cette fiche."))
        summary(page).fill("Par Awa.")
        told_to_be_saved(page)
        summary(colleague).fill("Par Léa.")
        expect(line(colleague)).to_contain_text("a enregistré un autre texte")
        colleague.get_by_role("button", name="Comparer les deux textes").click()
        expect(colleague.get_by_role("main")).to_contain_text("Par Awa.")
        expect(colleague.get_by_role("main")).to_contain_text("Par Léa.")
        other.close()
        page.goto(address)
        expect(summary(page)).to_have_value("Par Awa.")

    partner(scenario, forgiven=BROKEN)


def test_a_saving_whose_answer_was_lost_is_no_conflict(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)

        def lose_the_answer(route) -> None:
            if route.request.method != "POST":
                route.continue_()
                return
            route.fetch()
            route.abort()

        page.route(address, lose_the_answer)
        summary(page).fill("Reçu, sans réponse.")
        expect(line(page)).to_contain_text("gardé sur cet appareil")
        summary(page).fill("Reçu, sans réponse, puis complété.")
        page.unroute(address)
        told_to_be_saved(page)
        page.goto(address)
        expect(summary(page)).to_have_value("Reçu, sans réponse, puis complété.")

    partner(scenario, forgiven=BROKEN)


def test_nothing_is_saved_by_itself_while_two_texts_are_chosen_from(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        other = page.context.browser.new_context(base_url=hub_url)
        sign_in(colleague := other.new_page(), key=LEA, address=hub_url)
        colleague.goto(address)
        summary(page).fill("Par Awa.")
        told_to_be_saved(page)
        summary(colleague).fill("Par Léa.")
        colleague.get_by_role("button", name="Comparer les deux textes").click()
        expect(colleague.get_by_role("radio", name="Garder le texte enregistré")).to_be_visible()
        summary(colleague).fill("Par Léa, encore.")
        colleague.wait_for_timeout(4000)  # longer than a saving waits
        assert "Par Awa." in page.context.request.get(address).text()
        assert len(colleague.evaluate(KEPT)) == 1
        colleague.get_by_text("Garder le mien").click()
        colleague.get_by_role("button", name=re.compile("^Enregistrer et rester")).click()
        expect(colleague.get_by_role("radio", name="Garder le texte enregistré")).to_be_hidden()
        assert "Par Léa, encore." in page.context.request.get(address).text()
        assert colleague.evaluate(KEPT) == []
        other.close()

    partner(scenario, forgiven=BROKEN)


def test_signing_out_leaves_nothing_on_the_device(partner):
    def scenario(page: Page) -> None:
        begin_sheet(page)
        page.context.set_offline(True)
        summary(page).fill("Sur un ordinateur partagé.")
        expect(line(page)).to_contain_text("Hors ligne")
        page.close()
        page.context.set_offline(False)
        again = page.context.new_page()
        again.goto("/compte/deconnexion/")
        assert len(again.evaluate(KEPT)) == 1
        # The session itself serves the other tests: only the answer of the site is replaced.
        leave = {"status": 303, "headers": {"Location": "/"}}
        again.route("**/compte/deconnexion/", lambda route: route.fulfill(**leave))
        again.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
        again.wait_for_url(lambda url: "/deconnexion/" not in url)
        assert again.evaluate(KEPT) == []

    partner(scenario, forgiven=BROKEN)


def test_the_preview_beside_the_form_follows_it(partner):
    def scenario(page: Page) -> None:
        begin_sheet(page)
        page.get_by_role("button", name="Aperçu à côté du formulaire").click()
        frame = page.frame_locator("iframe[title='Aperçu de la fiche']")
        expect(frame.get_by_role("heading", level=1)).to_have_text("Fiche sans titre")
        page.locator("[name=title]").fill("Une colocation")
        told_to_be_saved(page)
        expect(frame.get_by_role("heading", level=1)).to_have_text("Une colocation")

    partner(scenario, width=1600)


def test_somebody_without_a_structure_is_led_to_one(partner):
    def scenario(page: Page) -> None:
        page.goto("/espace/")
        assert "/espace/structures/" in page.url

    partner(scenario, key=NEWCOMER)


def test_the_dashboard_names_the_structure_and_its_sheets(partner):
    def scenario(page: Page) -> None:
        # The last one written comes first; the other tests write many.
        begin_sheet(page)
        title = f"Une fiche commencée {uuid4().hex}"
        page.locator("[name=title]").fill(title)
        save_and_stay(page)
        page.goto("/espace/")
        expect(page.get_by_role("main")).to_contain_text(STRUCTURE)
        page.get_by_role("link", name="Brouillons").click()
        expect(page.get_by_role("link", name=title)).to_be_visible()

    partner(scenario, width=375)


def test_keywords_of_the_site_are_suggested_for_the_one_being_typed(partner):
    def scenario(page: Page) -> None:
        begin_sheet(page)
        options = page.locator("#mots-cles option")
        first = options.first.get_attribute("value")
        assert first
        field = page.locator("[name=tags]")
        field.press_sequentially(f"Parrainage, {first[:4].upper()}")
        expect(page.locator(f'#mots-cles option[value="Parrainage, {first}"]')).to_have_count(1)
        field.fill(f"{first}, ")
        expect(page.locator(f'#mots-cles option[value="{first}, {first}"]')).to_have_count(0)

    partner(scenario)
