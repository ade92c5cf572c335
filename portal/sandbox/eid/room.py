"""The provider's room: protocol, pages and back room under one prefix."""

from __future__ import annotations

from flask import Blueprint

from portal.sandbox.eid.admin import add_admin
from portal.sandbox.eid.pages import add_pages
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.views import add_protocol
from portal.sandbox.messages.inbox import Inbox
from portal.sandbox.people.population import Population


def create_room(provider: Provider, people: Population, inbox: Inbox) -> Blueprint:
    """The room with its addresses."""
    room = Blueprint("eid", __name__, url_prefix="/eid")
    add_protocol(room, provider, people)
    add_pages(room, provider, people, inbox)
    add_admin(room, provider)
    return room
