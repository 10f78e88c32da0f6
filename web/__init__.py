"""Pages and the small HTTP API beside them; no rule lives here."""
