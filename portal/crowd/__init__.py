"""A crowd of invented dossiers, to see how the portal bears many; only a demonstration may have one. No rules live here."""
