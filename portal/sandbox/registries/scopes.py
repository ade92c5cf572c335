"""What each client may ask of each registry for each procedure: the sharing agreements of the simulation, as data."""

from __future__ import annotations

POPULATION = "population"
CIVIL_STATUS = "civil-status"
REGISTRIES = (POPULATION, CIVIL_STATUS)

FIELDS: dict[str, tuple[str, ...]] = {
    POPULATION: (
        "full_name",
        "other_name",
        "personal_id",
        "date_of_birth",
        "sex",
        "birth_place",
        "birth_registration_place",
        "origin",
        "ethnicity",
        "religion",
        "nationality",
        "blood_group",
        "old_id_number",
        "identity_card",
        "relatives",
        "permanent_residence",
        "temporary_residence",
        "current_residence",
        "absence",
        "residence_file_number",
        "marital_status",
        "relation_to_head",
        "household",
        "death",
        "contact",
        "other",
    ),
    CIVIL_STATUS: ("marital_status", "marriages", "birth", "death"),
}

# Never needed by a procedure of this portal: a request that names one is refused whole.
SENSITIVE = frozenset({"religion", "blood_group"})

_ORDINARY = {
    POPULATION: frozenset(FIELDS[POPULATION]) - SENSITIVE,
    CIVIL_STATUS: frozenset(FIELDS[CIVIL_STATUS]),
}
_NARROW = {
    POPULATION: frozenset({"full_name", "personal_id", "date_of_birth", "sex", "nationality", "death"}),
    CIVIL_STATUS: frozenset({"marital_status"}),
}

# Procedures whose agreement differs from the ordinary one.
_BY_PROCEDURE: dict[str, dict[str, frozenset[str]]] = {
    # Xác nhận tình trạng hôn nhân has no use for absence or other names.
    "1.004873": {
        POPULATION: _ORDINARY[POPULATION] - {"absence", "other_name"},
        CIVIL_STATUS: _ORDINARY[CIVIL_STATUS],
    },
}

CLIENT_SECRETS: dict[str, str] = {"portal": "portal-demo-secret", "outside-check": "outside-check"}
_WIDE_CLIENTS = frozenset({"portal"})


def allowed(client_id: str, registry: str, procedure_code: str) -> frozenset[str]:
    """The fields this client may have from this registry for this procedure."""
    if client_id not in _WIDE_CLIENTS:
        return _NARROW[registry]
    return _BY_PROCEDURE.get(procedure_code, _ORDINARY)[registry]
