"""The fields of the space with their scripts: what is pasted, what the buttons write, the files that are chosen."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.test_space import BROKEN, begin_sheet, line, summary, told_to_be_saved
from tests.files.samples import ACCEPTED, picture

pytestmark = pytest.mark.browser

IMAGE = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture()}
REPORT = {"name": "bilan.pdf", "mimeType": "application/pdf", "buffer": ACCEPTED["rapport.pdf"]}
UNSENT = "Fichier choisi, pas encore envoyé : enregistrez pour l’envoyer"


def step(page: Page, slug: str) -> str:
    address = begin_sheet(page).replace("/essentiel/", f"/{slug}/")
    page.goto(address, wait_until="networkidle")
    return address


def test_what_is_pasted_over_the_limit_is_kept_and_counted(partner):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        counter = page.locator("[name=summary] + .hub-space-counter")
        summary(page).focus()
        page.keyboard.insert_text("é" * 607)
        expect(summary(page)).to_have_value("é" * 607)
        expect(counter).to_have_text("7 caractères de trop")
        expect(counter).to_have_attribute("aria-hidden", "false")
        expect(line(page)).to_contain_text("sauf ce qui reste à vérifier")
        summary(page).fill("é" * 599)
        expect(counter).to_have_text("1 caractère restant")
        told_to_be_saved(page)
        page.goto(address.replace("/essentiel/", "/recit/"))
        expect(page.locator("[name=context] + .hub-space-counter")).to_have_text("20\u202f000 caractères restants")

    partner(scenario)


# As the server writes them (hub/pages/markup): the editor must say the same, sign for sign.
TEXTS = [
    "Deux paragraphes.\n\nUne ligne\net la suivante.",
    "### Un titre\n\n#### Plus petit\n\n- un\n- deux\n  1. premier\n  2. second\n- trois\n\nFin.",
    "**Gras**, _italique_, mot__coup__é, m^(2), **gras et _les deux_**.",
    "[Un **lien**](https://exemple.fr/a_b), [une page](page:12), [crochets] (x).",
    "1\\. n’est pas une liste\n\\- non plus\n\n\\### ni un titre : a * b, \\*\\*, snake_case, \\_, 2 ^ 3.",
    "> À retenir\n> Un **point**.\n>\n> - un\n>   1. dedans\n\n> Seul\n\n>\n> Deux\n> lignes.",
    "\\> 300 ménages\n\\* ni une liste.",
    "[un lien [avec crochets\\]](mailto:a@b.fr)",
]
ROUND_TRIP = """async ([text, titles]) => {
    const script = document.querySelector("script[data-space-editor]");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ text, titles, csrfmiddlewaretoken: token });
    const answer = await fetch(script.dataset.formatted, { method: "POST", body });
    const { html } = await answer.json();
    const area = document.querySelector("[name=body]");
    area.value = text;
    area.form.dispatchEvent(new CustomEvent("space:filled", { bubbles: true }));
    const { toPlain } = await import(script.src);
    const editor = document.querySelector("#champ-body .ProseMirror").editor;
    const limit = Date.now() + 3000;
    while (toPlain(editor.state.doc) !== text && Date.now() < limit) await new Promise((next) => setTimeout(next, 50));
    return toPlain(editor.state.doc);
}"""
BULLET = "<span><!--[if !supportLists]-->·<span>&nbsp;&nbsp; </span></span>"
WORD = f"""<html><body><!--[if gte mso 9]><xml></xml><![endif]--><style>p.MsoListParagraph {{ mso-list: l0 }}</style>
<p class=MsoNormal>Ce qui est <b>fait</b> :</p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0'>{BULLET}un logement</p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72pt;mso-list:l0 level2 lfo1'>{BULLET}meublé</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'>{BULLET}un lien</p></body></html>"""
AS_PASTED = re.compile(r"^Ce qui est (\*\*)?fait(\*\*)? :\n\n- un logement\n  - meublé\n- un lien$")
PASTE = """(node, [html, text]) => {
    const clipboardData = new DataTransfer();
    if (html) clipboardData.setData("text/html", html);
    clipboardData.setData("text/plain", text);
    node.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_a_long_text_is_written_as_it_will_look_and_kept_with_its_marks(partner):
    def scenario(page: Page) -> None:
        address = step(page, "recit")
        kept = page.locator("[name=context]")
        editor = page.locator("#champ-context .ProseMirror")
        bar = page.locator("#champ-context")
        expect(editor).to_have_attribute("role", "textbox")
        expect(kept).to_be_hidden()
        expect(page.locator("[data-space-marks]")).to_be_hidden()
        editor.press_sequentially("Des chambres ")
        bar.get_by_role("button", name="Gras").click()
        editor.press_sequentially("vides")
        expect(bar.get_by_role("button", name="Gras")).to_have_attribute("aria-pressed", "true")
        bar.get_by_role("button", name="Gras").click()
        editor.press("Enter")
        bar.get_by_role("button", name="Liste", exact=True).click()
        editor.press_sequentially("un")
        editor.press("Enter")
        editor.press_sequentially("deux * trois")
        flat = "Des chambres **vides**\n\n- un\n- deux * trois"
        expect(kept).to_have_value(flat)
        inner = bar.get_by_role("button", name="Sous-liste")
        inner.click()
        expect(inner).to_have_attribute("aria-pressed", "true")
        expect(kept).to_have_value("Des chambres **vides**\n\n- un\n  - deux * trois")
        inner.click()
        editor.press("Tab")
        expect(editor).not_to_be_focused()
        expect(kept).to_have_value(flat)
        told_to_be_saved(page)
        page.goto(address)
        expect(editor.locator("li")).to_have_text(["un", "deux * trois"])
        expect(editor.locator("strong, b")).to_have_text("vides")
        # What Word puts in the clipboard, as a page and as words.
        for html, text in ((WORD, ""), ("", "Ce qui est fait :\n•\tun logement\n▪\tmeublé\n•\tun lien")):
            editor.fill("")
            editor.evaluate(PASTE, [html, text])
            expect(kept).to_have_value(AS_PASTED)
        told_to_be_saved(page)
        # Written without a connection, and put back.
        page.context.set_offline(True)
        editor.fill("Écrit dans le train.")
        expect(page.locator("[data-space-line]")).to_contain_text("Hors ligne")
        page.context.set_offline(False)
        page.goto(address)
        expect(editor).to_have_text("Écrit dans le train.")

    partner(scenario, forgiven=("Failed to load resource",))


def test_the_editor_says_what_the_server_says(partner):
    def scenario(page: Page) -> list[str]:
        step(page, "documents")
        expect(page.locator("#champ-body .ProseMirror")).to_be_visible()
        texts = [f"## Un titre\n\n{text}" for text in TEXTS]
        return [text for text in texts if page.evaluate(ROUND_TRIP, [text, "1"]) != text]

    assert partner(scenario) == []


def test_a_long_list_of_boxes_is_shortened_as_one_types(partner):
    def scenario(page: Page) -> None:
        step(page, "territoires")
        group = page.locator("#champ-audiences")
        boxes = group.get_by_role("checkbox")
        every = boxes.count()
        assert group.bounding_box()["height"] < 900
        group.get_by_role("searchbox").fill("ase sortant")
        expect(group.get_by_role("checkbox", name="Jeunes sortant de l’ASE")).to_be_visible()
        assert 0 < boxes.count() < every
        group.get_by_role("checkbox", name="Jeunes sortant de l’ASE").check(force=True)
        group.get_by_role("searchbox").fill("rien de tel")
        assert boxes.count() <= 2  # what is ticked stays in view
        group.get_by_role("searchbox").fill("")
        assert boxes.count() == every

    partner(scenario, width=375)


def test_an_image_and_documents_are_sent_and_saved_as_they_are_chosen(partner):
    def scenario(page: Page) -> None:
        address = step(page, "documents")
        page.locator("[name=new_image]").set_input_files(IMAGE)
        expect(page.locator("#champ-image")).to_contain_text("Reçu : ")
        told_to_be_saved(page)
        expect(page.locator("img.hub-space-thumbnail")).to_be_visible()
        page.locator("[name=new_documents]").set_input_files(
            [REPORT, {**REPORT, "name": "faux.pdf", "buffer": b"rien"}]
        )
        expect(page.get_by_text(re.compile("Reçu : .*« faux.pdf » : "))).to_be_visible()
        told_to_be_saved(page)
        # One file is there: the list does not say that it is empty.
        expect(page.locator("#champ-documents")).not_to_contain_text("Rien pour l’instant")
        expect(page.locator("#champ-documents")).to_contain_text("est joint à la fiche")
        page.get_by_role("link", name="Vérifier et envoyer").click()
        page.wait_for_url("**/envoi/")
        page.goto(address)
        expect(page.locator("img.hub-space-thumbnail")).to_be_visible()
        expect(page.locator("#champ-documents .hub-space-row-form")).to_have_count(1)

    partner(scenario, forgiven=BROKEN)


def test_a_file_that_could_not_be_sent_is_never_dropped_in_silence(partner):
    def scenario(page: Page) -> None:
        address = step(page, "documents")
        warnings: list[str] = []

        def stay(dialog: Dialog) -> None:
            warnings.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.route("**/fichiers/", lambda route: route.abort())
        page.locator("[name=new_documents]").set_input_files(REPORT)
        expect(page.locator("#champ-documents ~ *").get_by_text(UNSENT)).to_be_visible()
        # The line that tells what is saved does not pretend otherwise.
        page.locator("[name=contact_name]").fill("Awa")
        expect(line(page)).to_have_text(re.compile(f"^Enregistré à .*{UNSENT}$"))
        page.get_by_role("link", name="Vérifier et envoyer").click()
        page.wait_for_timeout(500)
        assert warnings == ["beforeunload"]
        assert page.url == address
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer et rester ici").click()
        assert warnings == ["beforeunload"]
        expect(page.locator("#champ-documents .hub-space-row-form")).to_have_count(1)

    partner(scenario, forgiven=BROKEN)
