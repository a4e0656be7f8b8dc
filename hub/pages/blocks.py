from django import forms
from wagtail import blocks
from wagtail.blocks import StructValue
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from hub.pages.videos import VideoLink, video_from_url

RICH_TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link", "superscript"]


class KeyFigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label="Chiffre", max_length=40, help_text="Par exemple 21 000.")
    label = blocks.CharBlock(label="Ce qu’il compte", max_length=160)
    source = blocks.CharBlock(label="Source", max_length=160, required=False)

    class Meta:
        label = "Chiffre"
        icon = "order"


class KeyFiguresBlock(blocks.StructBlock):
    figures = blocks.ListBlock(KeyFigureBlock(), label="Chiffres", min_num=1, max_num=6)

    class Meta:
        label = "Chiffres clés"
        icon = "order"
        template = "pages/blocks/key_figures.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label="Citation")
    author = blocks.CharBlock(label="Auteur", max_length=120, required=False)
    role = blocks.CharBlock(label="Fonction", max_length=160, required=False)

    class Meta:
        label = "Citation"
        icon = "openquote"
        template = "pages/blocks/quote.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label="Image")
    alternative_text = blocks.CharBlock(
        label="Texte alternatif",
        max_length=250,
        required=False,
        help_text="Ce que l’image apprend à qui ne la voit pas. Vide si elle est décorative.",
    )
    caption = blocks.CharBlock(label="Légende", max_length=250, required=False)
    credit = blocks.CharBlock(label="Crédit", max_length=120, required=False)

    class Meta:
        label = "Image"
        icon = "image"
        template = "pages/blocks/image.html"


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label="Document")
    title = blocks.CharBlock(label="Titre du lien", max_length=160, required=False)

    class Meta:
        label = "Document à télécharger"
        icon = "doc-full"
        template = "pages/blocks/document.html"


class VideoValue(StructValue):
    @property
    def link(self) -> VideoLink | None:
        return video_from_url(url=self.get("url", ""))


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre de la vidéo", max_length=160)
    url = blocks.URLBlock(
        label="Adresse de la vidéo", help_text="YouTube, Dailymotion, Vimeo, PeerTube, ou un lien simple."
    )
    transcript = blocks.TextBlock(
        label="Transcription",
        required=False,
        help_text="Tout ce qui est dit, mot à mot. Un résumé n’est pas une transcription.",
    )

    class Meta:
        label = "Vidéo"
        icon = "media"
        template = "pages/blocks/video.html"
        value_class = VideoValue


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Titre", max_length=160, required=False)
    text = blocks.RichTextBlock(label="Texte", features=["bold", "italic", "link", "ul"])

    class Meta:
        label = "Mise en avant"
        icon = "warning"
        template = "pages/blocks/callout.html"


class ToSortBlock(blocks.StructBlock):
    """Sentences of an imported recap that found no place yet; removed by the editor once sorted."""

    text = blocks.TextBlock(label="À classer", widget=forms.Textarea(attrs={"rows": 6}))

    class Meta:
        label = "À classer (import)"
        icon = "help"
        template = "pages/blocks/to_sort.html"


class ContentBlocks(blocks.StreamBlock):
    heading = blocks.CharBlock(label="Intertitre", icon="title", max_length=160, template="pages/blocks/heading.html")
    text = blocks.RichTextBlock(
        label="Texte", icon="pilcrow", features=RICH_TEXT_FEATURES, template="pages/blocks/text.html"
    )
    key_figures = KeyFiguresBlock()
    quote = QuoteBlock()
    table = TableBlock(label="Tableau", icon="table", template="pages/blocks/table.html")
    image = ImageBlock()
    document = DocumentBlock()
    video = VideoBlock()
    callout = CalloutBlock()
    to_sort = ToSortBlock()
