"""What the desks share: access marks, filters, assets, security headers; nothing that names a dossier's state."""
