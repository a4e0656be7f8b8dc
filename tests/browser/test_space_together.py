"""Two people on one sheet, and a page that is only looked at: what one did not change is never put back."""

import pytest
from playwright.sync_api import Page, Request, expect

from initiatives.fields import STEPS
from tests.browser.partners import LEA, sign_in
from tests.browser.test_space import (
    BROKEN,
    KEPT,
    begin_sheet,
    line,
    save_and_stay,
    summary,
    told_to_be_saved,
)

pytestmark = pytest.mark.browser


def test_a_text_kept_on_the_device_undoes_nothing_that_was_saved_meanwhile(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        page.context.set_offline(True)
        summary(page).fill("Mon texte.")
        expect(line(page)).to_contain_text("Hors ligne")
        page.close()
        page.context.set_offline(False)
        other = page.context.browser.new_context(base_url=hub_url)
        sign_in(colleague := other.new_page(), key=LEA, address=hub_url)
        colleague.goto(address)
        colleague.locator("[name=title]").fill("Le titre de Léa")
        told_to_be_saved(colleague)
        again = page.context.new_page()
        again.goto(address)
        # Another field: both are kept, and shown.
        expect(again.locator("[name=title]")).to_have_value("Le titre de Léa")
        expect(summary(again)).to_have_value("Mon texte.")
        assert again.evaluate(KEPT) == []
        # The same field: one is chosen.
        page.context.set_offline(True)
        summary(again).fill("Mon second texte.")
        expect(line(again)).to_contain_text("Hors ligne")
        again.close()
        page.context.set_offline(False)
        summary(colleague).fill("Le texte de Léa.")
        expect(line(colleague)).to_contain_text("a enregistré un autre texte")
        colleague.get_by_role("button", name="Comparer les deux textes").click()
        colleague.get_by_text("Garder le mien").click()
        save_and_stay(colleague)
        other.close()
        last = page.context.new_page()
        last.goto(address)
        expect(line(last)).to_contain_text("Léa Petit a enregistré un autre texte")
        last.get_by_role("button", name="Comparer les deux textes").click()
        expect(last.locator(".hub-space-both")).to_contain_text("Mon second texte.")
        expect(last.locator(".hub-space-both")).to_contain_text("Le texte de Léa.")

    partner(scenario, forgiven=BROKEN)


def test_what_a_colleague_saved_in_another_field_is_kept_and_said(partner, hub_url):
    def scenario(page: Page) -> None:
        address = begin_sheet(page)
        other = page.context.browser.new_context(base_url=hub_url)
        sign_in(colleague := other.new_page(), key=LEA, address=hub_url)
        colleague.goto(address)
        summary(colleague).fill("Par Léa.")
        told_to_be_saved(colleague)
        other.close()
        page.locator("[name=title]").fill("Par Awa")
        expect(line(page)).to_contain_text("Les changements faits par Léa Petit ont été gardés aussi (Chapô).")
        page.goto(address)
        expect(summary(page)).to_have_value("Par Léa.")
        expect(page.locator("[name=title]")).to_have_value("Par Awa")

    partner(scenario, forgiven=BROKEN)


@pytest.mark.parametrize("step", [step.slug for step in STEPS[:-1]])
def test_a_step_that_is_only_looked_at_is_not_changed(partner, step: str):
    def scenario(page: Page) -> None:
        sheet = begin_sheet(page).removesuffix("essentiel/")
        sent: list[Request] = []
        page.on("request", lambda asked: asked.method == "POST" and "presence" not in asked.url and sent.append(asked))
        for _visit in range(2):
            page.goto(f"{sheet}{step}/", wait_until="networkidle")
            form = page.locator("form.hub-space-form")
            for control in form.locator("input:visible, textarea:visible").all()[:8]:
                control.focus()
            expect(line(page)).to_be_empty()
            page.goto(f"{sheet}versions/")
            page.wait_for_timeout(300)
            assert sent == []
            assert page.evaluate(KEPT) == []
            # Then as it is once saved: a structure that is stored is shown by its name, and sent by its code.
            page.goto(f"{sheet}{step}/")
            save_and_stay(page)
            sent.clear()

    partner(scenario)
