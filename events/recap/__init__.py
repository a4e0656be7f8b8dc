"""Turn the page of a past workshop, as Dihal publishes it, into a draft. See docs/import-compte-rendu.md."""
