"""The synthetic population: who lives here, how they are related, and what each registry believes of them."""
