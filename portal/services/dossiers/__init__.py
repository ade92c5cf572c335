"""The dossier's life: one table of moves, one file for each act."""
