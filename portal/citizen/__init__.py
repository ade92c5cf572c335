"""Desk 1, the citizen's: find a procedure, file, follow, receive."""

from flask import Blueprint

blueprint = Blueprint("citizen", __name__)

from portal.citizen import (  # noqa: E402, F401 (their routes stand on the blueprint above)
    apply,
    attach,
    changes,
    corrections,
    disputes,
    find,
    follow,
    my_consents,
    my_data,
    my_download,
    notices,
    own_acts,
    procedure,
    review,
    suggestions,
    supplements,
)
