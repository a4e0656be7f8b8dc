"""The form of a workshop: its transcript pasted or uploaded, and read; the starts proposed for its sequences."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel, Panel
from wagtail.admin.panels.base import get_form_for_model

from events.chapters import Part, Proposal, propose_starts
from events.transcripts.checking import TranscriptCheck, check_transcript
from events.transcripts.reading import MAX_BYTES, decoded, read_transcript, require_size, require_transcript
from hub.files import FileRefused

_LONGEST_START = 7  # digits of a number of seconds


class ReplayForm(WagtailAdminModelForm):
    """A replay; the file of a transcript, when there is one, takes the place of the text."""

    transcript_file = forms.FileField(
        label="ou fichier de la transcription",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,.txt"}),
        help_text=f"Un fichier .vtt, .srt ou .txt de {MAX_BYTES // 2**20} Mo au plus. Il remplace le texte ci-dessus.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "transcript_status" in self.fields:
            # A replay that is posted without it has that of any new one.
            self.fields["transcript_status"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.get("transcript_file")
        source = "transcript_file" if upload else "transcript"
        try:
            if upload:
                require_size(size=upload.size)
                cleaned["transcript"] = decoded(data=upload.read())
                upload.seek(0)
            elif text := cleaned.get("transcript"):
                require_transcript(text=text)
        except FileRefused as refusal:
            self.add_error(source, refusal.message)
        return cleaned


class SequenceForm(WagtailAdminModelForm):
    """A sequence; a start that was proposed is taken when it is ticked, and by nothing else."""

    # The seconds that were shown beside the box: what is confirmed is what was read.
    confirmed_start = forms.CharField(required=False, widget=forms.HiddenInput)

    # Set by the form of the page: what the starts of its sequences may be, worked out once.
    proposals: "PageProposals | None" = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        confirmed = cleaned.get("confirmed_start", "")
        if confirmed.isdecimal() and len(confirmed) <= _LONGEST_START:
            cleaned["replay_start"] = timedelta(seconds=int(confirmed))
        return cleaned


class PageProposals:
    """The starts proposed for the sequences of a page, worked out when the first is shown."""

    def __init__(self, *, page: Any, sequences: Sequence[Any]) -> None:
        self._page, self._sequences = page, sequences

    def proposal(self, sequence: Any) -> Proposal | None:
        return self._found.get(id(sequence))

    @cached_property
    def _found(self) -> dict[int, Proposal | None]:
        replay = self._page.replay
        if replay is None or all(sequence.replay_start is not None for sequence in self._sequences):
            return {}
        transcript = read_transcript(text=replay.transcript)
        parts = [part_of(sequence) for sequence in self._sequences]
        found = propose_starts(cues=transcript.cues, parts=parts, chapters=transcript.chapters)
        return dict(zip(map(id, self._sequences), found, strict=True))


def part_of(sequence: Any) -> Part:
    return Part(
        title=sequence.title,
        text=strip_tags(sequence.text.replace("<", " <")),
        speakers=[line for line in sequence.speakers.splitlines() if line.strip()],
        initiatives=[link.initiative.title for link in sequence.presentations.all() if link.initiative_id],
        start=sequence.replay_start_seconds,
    )


class _InlineFormPanel(InlinePanel):
    """Wagtail's panel of rows, with a form of ours for each of them."""

    def __init__(
        self, *args: Any, form_class: type[WagtailAdminModelForm] = WagtailAdminModelForm, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.form_class = form_class

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "form_class": self.form_class}

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        deferred = self.child_edit_handler.get_form_options().get("defer_required_on_fields", [])
        options["formsets"][self.relation_name]["form"] = get_form_for_model(
            self.db_field.related_model, form_class=self.form_class, defer_required_on_fields=deferred
        )
        return options


def inline_panel(relation: str, *, form_class: type[WagtailAdminModelForm], **kwargs: Any) -> InlinePanel:
    return _InlineFormPanel(relation, form_class=form_class, **kwargs)


class TranscriptPanel(Panel):
    """Under the text of a transcript: the button that reads it, and how the one that is kept was read."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "events/transcripts/panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {
                **context,
                "check": self._check(),
                "prefix": self.form.prefix,
                "address": reverse("preview_transcript"),
                "page_id": self.instance.page_id or "",
            }

        def _check(self) -> TranscriptCheck | None:
            return check_transcript(text=self.instance.transcript, duration=self.instance.duration)


class ProposedStartPanel(Panel):
    """Beside the start of a sequence, what the transcript lets one propose. Nothing is shown without a proposal."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "events/transcripts/proposed_start.html"

        @cached_property
        def proposal(self) -> Proposal | None:
            proposals = getattr(self.form, "proposals", None)
            return proposals.proposal(self.instance) if proposals is not None else None

        def is_shown(self) -> bool:
            return self.proposal is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "proposal": self.proposal, "prefix": self.form.prefix}
