"""What is said in a recording, from the file or the text people have of it (docs/transcriptions.md)."""

from events.transcripts.cues import Cue, Problem, Transcript
from events.transcripts.passages import Passage, passages_of, passages_of_text
from events.transcripts.reading import decoded, read_transcript

__all__ = [
    "Cue",
    "Passage",
    "Problem",
    "Transcript",
    "decoded",
    "passages_of",
    "passages_of_text",
    "read_transcript",
]
