"""The pages that list who can log in: for people to read and for machines; nothing is changed here."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.people.staff import OFFICES, POSTS

room = Blueprint("people", __name__)


def people() -> Population:
    """The population of this sandbox."""
    found: Population = current_app.extensions["population"]
    return found


def as_listed(person: Person) -> dict[str, object]:
    """A person as `/people.json` tells of them."""
    return {
        "personal_id": person.personal_id,
        "full_name": person.full_name,
        "date_of_birth": person.birth,
        "assurance": person.assurance,
        "roles": list(person.roles),
        "office": person.office,
        "story": person.story,
    }


@room.app_template_filter()
def vn_date(birth: str) -> str:
    """A date as people write it, whole or partly known: 19/05/1985, 05/1985, 1985."""
    return "/".join(reversed(birth.split("-")))


@room.get("/people")
def listing() -> str:
    query = request.args.get("q", "")
    found = people().search(query, 200)
    return render_template("sandbox/people.html", people=found, query=query, offices=OFFICES, posts=POSTS)


@room.get("/people.json")
def listing_json() -> Response:
    limit = None if request.args.get("all") == "1" else request.args.get("limit", 200, type=int)
    if limit is not None:
        limit = max(0, limit)
    return jsonify([as_listed(person) for person in people().search(request.args.get("q", ""), limit)])
