"""Blocks that are not the recap itself: page furniture pasted with it, calls to the replay, lists of documents."""

import re

from events.recap.media import is_document
from events.recap.parsed import Aside, AsideRole
from events.recap.signature import Signature
from events.recap.text import Block, BlockKind, split_sentences
from events.recap.typography import folded_words

# What the page prints around a recap, when it is copied as plain text. Whole lines only.
_CHROME = frozenset(
    folded_words(text=line)
    for line in (
        "Partager la page|Partager|Partager cette page|Partager l’article|Partager sur Facebook|Partager "
        "sur Twitter|Partager sur X|"
        "Partager sur X (anciennement Twitter)|Partager sur LinkedIn|Partager sur WhatsApp|Partager par "
        "email|Partager par courriel|"
        "Partager par mail|Envoyer par mail|Envoyer par courriel|Facebook|Twitter|LinkedIn|WhatsApp|Email|Courriel|X|"
        "Copier dans le presse-papier|Copier le lien|Imprimer|Imprimer la page|Imprimer cette "
        "page|Télécharger la page en PDF|"
        "Accueil|Menu|Menu principal|Fermer|Rechercher|Recherche|Aller au contenu|Contenu|Pied de page|Navigation|"
        "Retour en haut de page|Haut de page|Retour en haut|Retour à la liste|Retour|Page précédente|Page "
        "suivante|Voir plus|"
        "Suivez-nous|S’abonner|S’inscrire à la lettre d’information|Abonnez-vous à notre lettre "
        "d’information|Vous êtes ici|"
        "Écouter|Écouter la page|Lire la suite|Ajouter aux favoris|République française|Gestion des "
        "cookies|Plan du site|"
        "Mentions légales|Données personnelles|Nouvelle fenêtre|Fil d’Ariane|Voir le fil d’Ariane|"
        "Accessibilité : non conforme|Accessibilité : partiellement conforme|Accessibilité : totalement "
        "conforme|Paramètres d’affichage|"
        "Se connecter|S’inscrire|Restez informé|Suivez-nous sur les réseaux sociaux|Suivre|Partager sur "
        "Bluesky|Partager sur Mastodon|"
        "Mastodon|Bluesky|Instagram|YouTube|Sommaire|Dans cette page|Afficher le "
        "sommaire|Lire aussi|À lire aussi|"
        "Sur le même sujet|Sur le même thème|Voir aussi|Ces contenus peuvent vous intéresser|Contenus "
        "associés|Articles liés|Cette page vous a-t-elle été utile ?|"
        "Oui|Non|Merci pour votre avis|Tout accepter|Tout refuser|Personnaliser|legifrance.gouv.fr|info.gouv.fr|"
        "gouvernement.fr|service-public.fr|service-public.gouv.fr|data.gouv.fr"
    ).split("|")
)
# The same, with words of their own: the way to the page, how long it takes to read, the licence at the foot.
_CHROME_LINE = re.compile(
    r"\A(?:(?:accueil|vous\s+[êe]tes\s+ici)\s*[:>›»/→|].{0,300}"
    r"|(?:temps|dur[ée]e)\s+de\s+lecture\s*:?\s*(?:de\s+)?\d.{0,20}|\d+\s+min(?:utes?)?\s+de\s+lecture"
    r"|\d[\d\s]*(?:vues?|partages?|commentaires?)"
    r"|sauf\s+mention\s+(?:explicite|contraire).{0,250}licence.{0,60}|©.{0,100}|(?:partager|suivre)\s+(?:sur|par|cette)\s.{0,40})\Z",
    re.IGNORECASE,
)
_REPLAY = re.compile(
    r"\b(?:replays?|rediffusion|revoir|revivre|r[ée]-?[ée]couter|enregistrement|vid[ée]o|captation)\b|\bvoir\s+l[’']atelier\b",
    re.IGNORECASE,
)
_REPLAY_CALL = re.compile(
    r"\A\W*(?:acc[ée]de[rz]|voir|(?:re)?visionne[rz]|regarde[rz]|revoi[rez]+|revivez|retrouve[rz]|consulte[rz]|lien|lire|d[ée]couvr\w+|le\s+replay|"
    r"(?:la\s+)?vid[ée]o|replay|(?:l[’'])?enregistrement|(?:la\s+)?rediffusion|t[ée]l[ée]charge[rz]|cliquez|pour\s+(?:re)?voir)\b",
    re.IGNORECASE,
)
_DOCUMENTS = re.compile(
    r"\A\W*(?:documents?(?:\s+(?:[àa]\s+t[ée]l[ée]charger|joints?|associ[ée]s|utiles))?|[àa]\s+t[ée]l[ée]charger|t[ée]l[ée]chargements?|"
    r"supports?(?:\s+de\s+pr[ée]sentation)?|pr[ée]sentations|pi[èe]ces?\s+jointes?|ressources)\s*:?\W*\Z",
    re.IGNORECASE,
)
_FILE_WORDS = re.compile(
    r"\b(?:pdf|docx?|xlsx?|pptx?|odt|odp|ods|zip|[kmg]o|t[ée]l[ée]charger)\b|[\d\W_]", re.IGNORECASE
)
_MAX_OTHER_LETTERS = 20  # a word or two
_MAX_CALL = 180


def is_replay_call(*, block: Block) -> bool:
    """Say whether a block only invites to watch the replay: one short sentence, not a paragraph that mentions it."""
    return (
        len(block.text) <= _MAX_CALL
        and len(split_sentences(text=block.text)) == 1
        and _REPLAY.search(block.text) is not None
        and _REPLAY_CALL.search(block.text) is not None
    )


def find_asides(
    *, blocks: tuple[Block, ...], title: Block | None, signature: Signature, notice: Block | None
) -> tuple[Aside, ...]:
    """Sort out the blocks whose words are recorded elsewhere or belong to the page; the others are the recap."""
    asides = []
    for block in blocks:
        role = _role(block=block, title=title, signature=signature, notice=notice)
        if role is not None:
            asides.append(Aside(role, block))
    return tuple(asides)


def _role(  # noqa: PLR0911 - one question, one answer each
    *, block: Block, title: Block | None, signature: Signature, notice: Block | None
) -> AsideRole | None:
    if title is not None and folded_words(text=block.text) == folded_words(text=title.text):
        return AsideRole.TITLE
    if block.index in signature.blocks:
        return AsideRole.DATES
    if notice is not None and block.index == notice.index:
        return AsideRole.NOTICE
    if block.kind is BlockKind.EMBED or is_replay_call(block=block):
        return AsideRole.REPLAY
    if _DOCUMENTS.match(block.text) or _is_only_documents(block=block):
        return AsideRole.DOCUMENTS
    if folded_words(text=block.text) in _CHROME or _CHROME_LINE.match(block.text):
        return AsideRole.CHROME
    return None


def _is_only_documents(*, block: Block) -> bool:
    """Say whether the block is links to files with their type and weight: « Programme de l’atelier (PDF, 2 Mo) »."""
    linked = [link for link in block.links if is_document(url=link.href)]
    if not linked:
        return False
    ends = [0, *(link.end for link in linked)]
    starts = [*(link.start for link in linked), len(block.text)]
    rest = "".join(block.text[end:start] for end, start in zip(ends, starts, strict=True))
    return len(_FILE_WORDS.sub("", rest)) <= _MAX_OTHER_LETTERS
