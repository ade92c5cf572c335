"""How the administration is organised: its offices, its staff, its working days; what happens to dossiers is not here."""
