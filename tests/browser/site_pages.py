"""The pages every check of this folder visits. A new kind of page is one line here."""

from dataclasses import dataclass

from tests.browser.content import BLOCKS_SLUG, PRIVATE_SLUG, REGISTERED_SLUG, REPLAY_SLUG, UPCOMING_SLUG


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page to visit. ``is_light``: its elements are counted. ``has_form``: it sends something, hence a cookie."""

    name: str
    path: str
    is_light: bool = True
    status: int = 200
    has_form: bool = False


RECAP = SitePage("compte rendu", "/ateliers/86e-atelier-avdl-logement-d-abord/")
SHEET = SitePage("fiche", "/initiatives/plateforme-logement-ain/")
FULL_RECAP = SitePage("compte rendu complet", f"/ateliers/{REPLAY_SLUG}/")
UPCOMING = SitePage("atelier à venir", f"/ateliers/{UPCOMING_SLUG}/")
BLOCKS = SitePage("tous les blocs", f"/{BLOCKS_SLUG}/", is_light=False)

SITE_PAGES: tuple[SitePage, ...] = (
    SitePage("accueil", "/"),
    SitePage("liste des ateliers", "/ateliers/"),
    UPCOMING,
    SitePage("inscription", f"/ateliers/{REGISTERED_SLUG}/inscription/", has_form=True),
    RECAP,
    FULL_RECAP,
    SitePage("transcription", f"{FULL_RECAP.path}transcription/2/"),
    SitePage("mots d’un replay", f"{FULL_RECAP.path}transcription/?dans-le-replay=siao"),
    SitePage("liste des initiatives", "/initiatives/"),
    SitePage("liste, page 2", "/initiatives/?page=2"),
    SHEET,
    SitePage("recherche", "/recherche/"),
    SitePage("résultats", "/recherche/?q=logement"),
    SitePage("résultats filtrés", "/recherche/?q=avdl&public=jeunes&territoire=departement-01&portee=dans"),
    SitePage("aucun résultat", "/recherche/?q=hippopotame"),
    SitePage("dites-nous", "/recherche/dites-nous/?q=hippopotame", has_form=True),
    SitePage("territoire", "/territoires/departement-01/"),
    SitePage("public", "/publics/jeunes/"),
    SitePage("dispositif", "/dispositifs/avdl/"),
    SitePage("glossaire", "/glossaire/", is_light=False),
    SitePage("page simple", "/accessibilite/"),
    SitePage("plan du site", "/plan-du-site/"),
    BLOCKS,
    SitePage("page protégée", f"/{PRIVATE_SLUG}/", has_form=True),
    SitePage("page non trouvée", "/nulle-part/", status=404),
)
