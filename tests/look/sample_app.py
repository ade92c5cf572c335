"""A small application that shows our looks without a database: the styleguide, a first page, and the refusals."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, render_template_string, request
from flask_babel import Babel
from flask_babel import gettext as _

from portal.web import filters, look, security_headers
from portal.web.styleguide import life_events, styleguide_context

FIRST_PAGE = """{% extends "base.html" %}
{% from "components/forms.html" import search_form %}
{% from "components/layout.html" import page_heading, tiles as tile_list %}
{% block title %}{{ _("Một Cửa") }}{% endblock %}
{% block main %}
{{ page_heading(_("Bộ mẫu giao diện")) }}
{{ search_form("/procedures", hint=_("Gõ không dấu cũng được, ví dụ: doc than")) }}
{{ tile_list(tiles) }}
{% endblock %}"""
VIEWER = {"display_name": "Nguyễn Thị Hồng Nhung", "acting_for_label": "thay cho Trần Minh Khôi", "roles_label": ""}


def sample_app() -> Flask:
    app = Flask("portal", static_folder=None)
    app.secret_key = "only for the sample"
    app.testing = True
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    Babel(app, locale_selector=lambda: "en" if request.args.get("lang") == "en" else "vi")
    look.init_app(app)
    security_headers.init_app(app, lambda: "in" in request.args)

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        navigation = [(_("Tất cả thủ tục"), "/procedures"), (_("Theo dõi hồ sơ"), "/track"), (_("Kiểm tra giấy tờ"), "/verify")]
        return {
            "language": filters.language(),
            "is_demo": True,
            "viewer": VIEWER if "in" in request.args else None,
            "navigation": [{"label": label, "href": href, "current": href == "/track"} for label, href in navigation],
        }

    @app.get("/")
    def first_page() -> str:
        return render_template_string(FIRST_PAGE, tiles=life_events())

    @app.get("/styleguide")
    def styleguide() -> str:
        return render_template("public/styleguide.html", **styleguide_context())

    @app.get("/refusal/<name>")
    def refusal(name: str) -> str:
        return render_template(f"errors/{name}.html", fields=[("note", "đã gõ")], what="Cơ sở dữ liệu dân cư")

    return app
