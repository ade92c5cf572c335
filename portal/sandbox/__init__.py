"""The outside world in a box: simulated identity provider, registries, messages and trust; never a part of the portal."""
