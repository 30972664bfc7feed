"""Photos by person: galleries, recordings, clips, consent, and their sources."""
