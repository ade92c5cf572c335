"""One call that gives an app our looks: filters, assets, and what every template may ask; rules live elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal.web import assets, filters


def install(app: Flask, *, is_demo: bool) -> None:
    """Make the templates of the app able to extend `base.html`; Flask-Babel must be set up before.

    The security headers are installed by themselves, because they need to know who is logged in.
    """
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    filters.install(app)
    assets.install(app)

    @app.context_processor
    def page() -> dict[str, Any]:
        return {"language": filters.language(), "is_demo": is_demo}
