"""Every rule of the portal, free of HTTP; entrances call these and commit."""
