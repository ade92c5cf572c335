"""The life of the catalogue: drafts, the check, the second pair of eyes, publication. Dossiers are not touched here."""
