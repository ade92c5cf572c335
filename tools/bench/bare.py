"""The baselines: the least that does the same kind of work on the same server, template engine and PDF engine."""

from __future__ import annotations

import os

from flask import Flask, render_template_string, request
from psycopg_pool import ConnectionPool

PAGE = """<!DOCTYPE html><html lang="vi"><head><title>{{ title }}</title></head>
<body><ul>{% for row in rows %}<li>{{ row }}</li>{% endfor %}</ul></body></html>"""


def create_bare_app() -> Flask:
    """One handler with one durable insert, and one page."""
    app = Flask(__name__, static_folder=None)
    pool = ConnectionPool(os.environ["DATABASE_OWNER_URL"], min_size=2, max_size=8, open=True)

    @app.post("/insert")
    def insert() -> str:
        with pool.connection() as connection:
            connection.execute("INSERT INTO bench_rows (content) VALUES (%s)", (request.form.get("content", ""),))
        return "ok"

    @app.get("/page")
    def page() -> str:
        return render_template_string(PAGE, title="Trang trơn", rows=range(20))

    return app
