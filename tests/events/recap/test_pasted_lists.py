"""Lists as each program saves or pastes them, in words of our own: Word, LibreOffice Writer, the export of Google Docs.

Each form was read off what the program writes: Word makes paragraphs whose style names the list and its level, the sign
in a span (``mso-list``), or, once a site has cleaned it, the bare sign; LibreOffice nests its lists and puts paragraphs
in the items; Google puts the inner list beside the outer one, its level in a class.
"""

import pytest

from events.recap.draft.drafting import rich_text

_SIGN = (
    "<![if !supportLists]><span style='font-family:{font};mso-list:Ignore'>{sign}"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>"
)


def of_word(items):
    signs = {1: ("Symbol", "·"), 2: ('"Courier New"', "o"), 3: ("Wingdings", "§")}
    return "".join(
        f"<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l1 level{level} lfo2'>"
        f"{_SIGN.format(font=signs[level][0], sign=signs[level][1])}{text}<o:p></o:p></p>\n"
        for level, text in items
    )


def of_word_cleaned(items):
    signs = {1: "·&nbsp;&nbsp; ", 2: "o&nbsp;&nbsp; ", 3: "§&nbsp; "}
    return "".join(f'<p class="MsoListParagraph">{signs[level]}{text}</p>' for level, text in items)


def of_libreoffice(items):
    html, depth = "", 0
    for level, text in items:
        html += "".join(["<ul>\n\t"] * (level - depth)) if level > depth else "</li></ul>" * (depth - level) + "</li>"
        html += f'<li><p style="line-height: 100%; margin-bottom: 0cm">\n{text}</p>'
        depth = level
    return html + "</li></ul>" * depth


def of_google(items):
    return "".join(
        f'<ul class="c{level} lst-kix_a1b2c3-{level - 1} start"><li class="c4 li-bullet-0" '
        f'style="margin-left:{36 * level}pt"><span class="c0">{text}</span></li></ul>'
        for level, text in items
    )


def as_plain_text(items):
    signs = {1: "•\t", 2: "o\t", 3: "▪\t"}
    return "".join(f"{signs[level]}{text}\n" for level, text in items)


ITEMS = [(1, "peu de logements ;"), (2, "surtout au centre ;"), (3, "et à la mer ;"), (1, "peu de demandes.")]
HTML = (
    "<ul><li>peu de logements ;<ul><li>surtout au centre ;<ul><li>et à la mer ;</li></ul></li></ul></li>"
    "<li>peu de demandes.</li></ul>"
)


@pytest.mark.parametrize("form", [of_word, of_word_cleaned, of_libreoffice, of_google, as_plain_text])
def test_lists_stay_lists_with_their_levels_and_without_their_signs(understand, form):
    is_text = form is as_plain_text
    title = "Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022"
    before = (
        f"{title}\n\nTrois constats :\n" if is_text else f"<html><body><h1>{title}</h1><p>Trois constats&nbsp;:</p>"
    )
    parsed = understand(before + form(ITEMS) + ("" if is_text else "</body></html>"))
    html = rich_text(blocks=(*parsed.introduction, *parsed.leftovers)).replace("\xa0", " ")
    assert HTML in html


def test_a_numbered_heading_of_word_stays_a_heading(understand):
    sign = "<span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span>"
    text = (
        "<html><body><h1>Retour sur le 12e atelier de la Dihal « Le bail glissant » du 3 mars 2022</h1>"
        "<p>L’atelier comptait deux séquences.</p>"
        f"<h2 style='mso-list:l0 level1 lfo1'>{sign}Comprendre</h2><p>Un texte.</p>"
        f"<h2 style='mso-list:l0 level1 lfo1'>{sign}Agir</h2><p>Un autre.</p></body></html>"
    )
    assert [sequence.title for sequence in understand(text).sequences] == ["Comprendre", "Agir"]
