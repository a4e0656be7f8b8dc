"""Plain texts of the data files become rich text and blocks."""

from hub.pages.light_markup import content_blocks, rich_text


def test_paragraphs_and_lists_become_html():
    text = "Un premier\nparagraphe.\n\nTrois choses :\n- la première ;\n- la deuxième,\n  plus longue."
    assert rich_text(text=text) == (
        "<p>Un premier paragraphe.</p><p>Trois choses :</p>"
        "<ul><li>la première ;</li><li>la deuxième, plus longue.</li></ul>"
    )


def test_a_link_is_kept_only_towards_a_safe_address():
    assert rich_text(text="[la Cnil](https://www.cnil.fr/)") == '<p><a href="https://www.cnil.fr/">la Cnil</a></p>'
    assert "<a" not in rich_text(text="[clic](javascript:alert)")
    assert 'onclick="' not in rich_text(text='[clic](https://a.example/"onclick="x)')


def test_html_is_shown_as_typed():
    assert rich_text(text="<script>a & b</script>") == "<p>&lt;script&gt;a &amp; b&lt;/script&gt;</p>"


def test_headings_and_call_outs_are_blocks_and_neighbouring_paragraphs_one_text():
    blocks = content_blocks(text="Un.\n\nDeux.\n\n## Titre\n\n> À compléter\nLe nom.\n\nTrois.")
    assert blocks == [
        {"type": "text", "value": "<p>Un.</p><p>Deux.</p>"},
        {"type": "heading", "value": "Titre"},
        {"type": "callout", "value": {"title": "À compléter", "text": "<p>Le nom.</p>"}},
        {"type": "text", "value": "<p>Trois.</p>"},
    ]


def test_an_empty_text_is_no_block():
    assert content_blocks(text=" \n\n ") == []
    assert rich_text(text="") == ""
