"""A small certificate authority for the seals of the demo offices; every name says that it is simulated."""
