"""A replay watched in its page: nothing of another site before one says so, then each moment at its second."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.content import WATCHED_ADDRESSES, watched_slug
from tests.browser.keyboard import KeyboardHands
from tests.browser.looks import Looks, violations
from tests.browser.players import stand_in

pytestmark = pytest.mark.browser

LOAD = re.compile("^Lire")
FRAMES = {
    "youtube": "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1&start=66",
    "dailymotion": "https://geo.dailymotion.com/player.html?video=x8abcde&startTime=66",
    "vimeo": "https://player.vimeo.com/video/123456789?h=abcdef0123&dnt=1&autoplay=1#t=66s",
    "peertube": "https://tube.numerique.gouv.fr/videos/embed/abcdefghijk?autoplay=1&p2p=0&api=1&start=66s",
}
NAMES = {
    "youtube": "YouTube",
    "dailymotion": "Dailymotion",
    "vimeo": "Vimeo",
    "peertube": "tube.numerique.gouv.fr",
}
# A function, as the content policy lets nothing else be looked at again and again.
IS_AT = """([first, last, isPaused]) => {
    const video = document.querySelector("video");
    return video.currentTime >= first && video.currentTime <= last && video.paused === isPaused;
}"""


def address(kind: str) -> str:
    return f"/ateliers/{watched_slug(kind)}/"


def sequence(page: Page) -> Locator:
    return page.get_by_role("link", name="Voir cette séquence dans le replay, à 1:06")


def being_said(page: Page) -> Locator:
    return page.locator(".hub-passage--now")


def plays_at(page: Page, seconds: int) -> None:
    page.wait_for_function(IS_AT, arg=[seconds, seconds + 12, False])


def waits_at(page: Page, first: float, last: float) -> None:
    page.wait_for_function(IS_AT, arg=[first, last, True])


def test_the_table_of_frames_names_every_platform():
    assert set(FRAMES) == set(NAMES) == set(WATCHED_ADDRESSES)


@pytest.mark.parametrize("kind", FRAMES)
def test_nothing_of_a_platform_comes_before_its_accord_then_each_moment_is_one_click(visit, hub_url, kind: str):
    def scenario(page: Page) -> None:
        asked = stand_in(page, hub_url=hub_url)
        page.goto(address(kind), wait_until="networkidle")
        page.get_by_text("Transcription", exact=True).click()
        sequence(page).click()
        load = page.get_by_role("button", name="Lire ici à 1:06")
        expect(load).to_be_focused()
        assert asked == []
        assert page.context.cookies() == []
        load.click()
        frame = page.locator("iframe")
        expect(frame).to_have_attribute("src", FRAMES[kind])
        expect(frame).to_have_attribute("allow", re.compile("autoplay"))
        expect(frame.content_frame.locator("p")).to_have_text("lecteur")
        assert [url.partition("#")[0] for url in asked] == [FRAMES[kind].partition("#")[0]]
        # The accord stands on the next visit: nothing is asked until one wants to watch, and then once.
        page.goto(address(kind), wait_until="networkidle")
        assert len(asked) == 1
        expect(page.get_by_text("Rien n’est chargé avant votre clic")).to_be_hidden()
        sequence(page).click()
        expect(page.locator("iframe")).to_have_attribute("src", FRAMES[kind])
        withdraw = page.get_by_role("button", name=f"Ne plus afficher les vidéos de {NAMES[kind]} sans demander")
        withdraw.click()
        expect(page.locator("iframe")).to_have_count(0)
        expect(withdraw).to_be_hidden()
        expect(page.get_by_text("Rien n’est chargé avant votre clic")).to_be_visible()
        expect(page.get_by_role("button", name="Lire la vidéo ici")).to_be_focused()

    visit(scenario)


def test_a_file_of_ours_plays_at_the_second_of_each_link_after_one_click(visit, hub_url):
    def scenario(page: Page) -> None:
        asked = stand_in(page, hub_url=hub_url)
        page.goto(address("fichier"), wait_until="networkidle")
        sequence(page).click()
        plays_at(page, 66)
        expect(being_said(page)).to_contain_text("Les travaux ont commencé")
        page.get_by_role("link", name="0:00 – Début du replay").click()
        passage = page.locator(".hub-passage").filter(has_text="baux glissants")
        passage.get_by_role("link").click()
        plays_at(page, 33)
        assert page.url.endswith("#t=33")
        assert asked == []

    visit(scenario)


def test_an_address_waits_at_its_second_and_a_clip_stops_at_its_end(visit):
    def scenario(page: Page) -> None:
        page.goto(f"{address('fichier')}#t=33,36", wait_until="networkidle")
        waits_at(page, 33, 33)
        expect(page.locator("video")).to_be_in_viewport()
        expect(being_said(page)).to_contain_text("baux glissants")
        expect(being_said(page)).to_be_visible()
        page.locator("video").evaluate("video => video.play()")
        waits_at(page, 36, 44)
        # Whoever goes on is not stopped again.
        stopped = page.locator("video").evaluate("video => { video.play(); return video.currentTime; }")
        page.wait_for_function(IS_AT, arg=[stopped + 1, stopped + 12, False])

    visit(scenario)


def test_from_another_page_a_moment_plays_on_arrival(visit):
    def scenario(page: Page) -> None:
        page.goto(f"{address('fichier')}transcription/2/", wait_until="networkidle")
        page.get_by_role("link", name="1:06").click()
        page.wait_for_url("**/#t=66")
        plays_at(page, 66)
        page.reload(wait_until="networkidle")
        waits_at(page, 66, 66)

    visit(scenario)


@pytest.mark.parametrize("kind", ["fichier", "vimeo", "peertube"])
def test_the_transcript_follows_until_one_stops_it(visit, hub_url, kind: str):
    def scenario(page: Page) -> None:
        stand_in(page, hub_url=hub_url)
        page.goto(f"{address(kind)}#t=64", wait_until="networkidle")
        expect(being_said(page)).to_contain_text("baux glissants")
        if kind == "fichier":
            page.locator("video").evaluate("video => video.play()")
        else:
            page.get_by_role("button", name="Lire ici à 1:04").click()
        # The next passage is in another part of the transcript: it comes.
        expect(being_said(page)).to_contain_text("Les travaux ont commencé")
        expect(being_said(page).get_by_role("link", name="1:06")).to_have_attribute("aria-current", "true")
        expect(page.locator(".hub-passages [aria-current]")).to_have_count(1)
        page.get_by_text("Suivre la lecture").click()
        expect(page.get_by_label("Suivre la lecture")).not_to_be_checked()
        page.get_by_role("link", name="0:00 – Début du replay").click()
        expect(page.locator(".hub-passage").first).to_contain_text("Bonjour à tous")
        page.wait_for_timeout(1000)
        expect(page.locator(".hub-passage").first).to_contain_text("Bonjour à tous")
        page.get_by_role("link", name="0:33").click()
        if kind != "fichier":
            expect(page.locator("iframe")).to_have_attribute("src", re.compile("64s"))  # told to go there, not reloaded
        expect(being_said(page)).to_contain_text("baux glissants")

    visit(scenario)


def test_words_are_found_as_one_types_and_play_where_they_are_said(visit):
    def scenario(page: Page) -> None:
        page.goto(address("fichier"), wait_until="networkidle")
        page.get_by_role("searchbox", name="Chercher dans ce replay").press_sequentially("bail gliss")
        found = page.locator("[data-hub-found]")
        expect(found.locator("mark")).to_have_text(["baux", "glissants"])
        expect(page.get_by_role("status").filter(has_text="Un moment trouvé.")).to_have_count(1)
        found.get_by_role("link").click()
        plays_at(page, 50)  # where the word is, in words said from 0:33 to 1:06
        page.get_by_role("searchbox", name="Chercher dans ce replay").fill("hippopotame")
        expect(found).to_contain_text("Aucun moment de ce replay ne dit")
        page.get_by_role("searchbox", name="Chercher dans ce replay").fill("")
        expect(found).to_be_empty()

    visit(scenario)


def test_a_passage_is_copied_as_a_link_and_as_a_quotation(visit, hub_url):
    def scenario(page: Page) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{address('fichier')}#t=33", wait_until="networkidle")
        passage = being_said(page)
        passage.get_by_role("button", name="Copier le lien").click()
        expect(page.get_by_role("status").filter(has_text="Lien copié")).to_have_count(1)
        assert page.evaluate("navigator.clipboard.readText()") == f"{hub_url}{address('fichier')}#t=33"
        passage.get_by_role("button", name="Copier la citation").click()
        expect(passage.get_by_role("button", name="Citation copiée")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == (
            "«\u00a0La plateforme de l’Ain tient des baux glissants.\u00a0» — Replay à regarder (fichier), "
            f"2 avril 2019, à 0:33 (transcription automatique, non relue), {hub_url}{address('fichier')}#t=33,66"
        )

    visit(scenario)


def test_what_was_accepted_is_withdrawn_from_the_page_about_cookies_too(visit, hub_url):
    def scenario(page: Page) -> None:
        stand_in(page, hub_url=hub_url)
        page.goto(address("vimeo"))
        page.get_by_role("button", name=LOAD).click()
        page.goto("/cookies/")
        page.get_by_role("button", name="Ne plus afficher les vidéos de Vimeo sans demander").click()
        expect(page.get_by_text("Vous n’avez accepté les vidéos d’aucune plateforme")).to_be_visible()
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('hub-video'))") == []

    visit(scenario)


def test_without_javascript_moments_lead_where_the_recording_is_and_all_is_read_and_found(visit):
    def scenario(page: Page) -> None:
        page.goto(address("vimeo"))
        expect(sequence(page)).to_have_attribute("href", "https://vimeo.com/123456789/abcdef0123#t=66s")
        page.get_by_text("Transcription", exact=True).click()
        expect(page.get_by_text("Suivre la lecture")).to_be_hidden()
        page.get_by_role("link", name="1:06 – La suite").click()
        passage = page.locator(".hub-passage").filter(has_text="Les travaux ont commencé")
        expect(passage.get_by_role("link")).to_have_attribute("href", "https://vimeo.com/123456789/abcdef0123#t=66s")
        page.get_by_role("link", name="Chercher dans ce replay").click()
        page.get_by_role("searchbox", name="Chercher dans ce replay").fill("travail")
        page.get_by_role("button", name="Chercher", exact=True).click()
        expect(page.get_by_role("main").locator("mark")).to_have_text(["travaux"])
        page.goto(address("fichier"))
        expect(sequence(page)).to_have_attribute("href", re.compile(r"^/documents/.*#t=66$"))

    visit(scenario, javascript=False)


def test_it_is_read_watched_and_searched_by_keyboard_alone(visit, hub_url):
    def scenario(page: Page) -> dict[str, list[str]]:
        stand_in(page, hub_url=hub_url)
        page.goto(address("vimeo"), wait_until="networkidle")
        hands = KeyboardHands(page=page, judged="section[data-hub-replay]")
        hands.press(sequence(page))
        page.keyboard.press("Enter")  # the accord has the focus
        expect(page.locator("iframe")).to_have_attribute("src", re.compile("t=66s"))
        hands.write(page.get_by_role("searchbox", name="Chercher dans ce replay"), "glissant")
        hands.press(page.locator("[data-hub-found]").get_by_role("link"))
        expect(being_said(page)).to_contain_text("baux glissants")
        hands.press(page.get_by_role("link", name="1:06 – La suite"))
        box = page.get_by_role("region", name="Ce qui est dit")
        expect(box).to_be_focused()
        hands.press(box.get_by_role("button", name="Copier la citation"))
        return hands.complaints

    assert visit(scenario, forgiven=("Write permission denied",)) == {}


@pytest.mark.parametrize("kind", ["fichier", "peertube"])
def test_what_is_unfolded_breaks_no_rule(visit, hub_url, kind: str):
    def scenario(page: Page) -> dict[str, list[str]]:
        stand_in(page, hub_url=hub_url)
        looks = Looks(page)
        page.goto(f"{address(kind)}#t=33", wait_until="networkidle")
        expect(being_said(page)).to_be_visible()
        page.get_by_role("searchbox", name="Chercher dans ce replay").fill("travaux")
        expect(page.locator("[data-hub-found] mark")).to_be_visible()
        looks.look("asked")
        if kind == "peertube":
            page.get_by_role("button", name=LOAD).click()
            expect(page.locator("iframe")).to_be_visible()
            found = violations(page, within="main")
            return looks.broken | ({"accepted": found} if found else {})
        return looks.broken

    assert visit(scenario) == {}
