"""The registries over HTTP: who may ask what, what is answered, and what goes wrong when told to."""
