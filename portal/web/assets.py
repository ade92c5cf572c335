"""The built style sheet, script, fonts and marks: their addresses by content, and how they are served for ever."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

STATIC = Path(__file__).resolve().parent.parent / "static"
DIST = STATIC / "dist"
PREFIX = "/static/dist/"
PRELOADED_FONTS = ("be-vietnam-pro-400.woff2", "be-vietnam-pro-700.woff2")
SECONDS_KEPT_WITHOUT_HASH = 60


class AssetsNotBuilt(RuntimeError):
    """The pages have no looks yet; `tools/assets/build.sh` makes them."""


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Asset name -> name with its content hash, as the build left it.

    Raises:
        AssetsNotBuilt: the build has not run.
    """
    try:
        names: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise AssetsNotBuilt("portal/static/dist is empty: run tools/assets/build.sh (make run does)") from missing
    return names


def asset_url(name: str) -> str:
    """The address of an asset; it changes with the content, so a browser may keep it for ever."""
    return PREFIX + manifest()[name]


def preload_tags() -> Markup:
    """The links by which a browser fetches the fonts together with the style sheet."""
    tag = Markup('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>')
    return Markup("\n").join(tag.format(asset_url(name)) for name in PRELOADED_FONTS)


def is_immutable(path: str, url: str) -> bool:
    """Whether what stands at the address can never change: its name holds the hash of its content."""
    return url.startswith(PREFIX) and Path(path).name in manifest().values()


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def init_app(app: Flask) -> None:
    """Give the templates the addresses, and serve the built files (never the fonts of documents) before the app.

    Raises:
        AssetsNotBuilt: the build has not run.
    """
    manifest()
    app.jinja_env.globals.update(asset_url=asset_url, preload_tags=preload_tags)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=DIST,
        prefix=PREFIX,
        max_age=SECONDS_KEPT_WITHOUT_HASH,
        immutable_file_test=is_immutable,
        add_headers_function=_add_headers,
        allow_all_origins=False,
    )
