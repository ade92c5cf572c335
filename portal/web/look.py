"""One call that gives an app our looks: filters, assets and how templates are read; what they say lives elsewhere."""

from __future__ import annotations

from flask import Flask

from portal.web import assets, filters


def init_app(app: Flask) -> None:
    """Make the templates of the app able to extend `base.html`; Flask-Babel and the page context are set up beside.

    The security headers are installed by themselves, because they need to know who is logged in.
    """
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    filters.init_app(app)
    assets.init_app(app)
