"""The officer's proposal: to grant, with what the result will say, or to refuse, with the reason."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import read_questions, shown_questions
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reading import Form
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput

Decision = Literal["grant", "refuse"]


def propose(session: Session, actor: Actor, code: str, *, expected_version: int, form: Form) -> Dossier:
    """Propose a decision to the leader; `form` has `decision`, `reason` (refusal) and the appraisal questions (grant).

    State: in_processing, appraising -> awaiting signature.

    Raises:
        InvalidInput: with messages for each field.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `proposed`.
    """
    dossier, move = for_act(session, actor, Act.PROPOSE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    dossier.proposal = _checked(procedure, form, actor, latest_answers(session, dossier).content)
    dossier.proposed_by = actor.account_id
    carry(
        session, dossier, move, actor, procedure,
        happened_at=clock.now(), details={"decision": dossier.proposal["decision"], "reason": dossier.proposal["reason"]},
    )  # fmt: skip
    return dossier


def _checked(procedure: Procedure, form: Form, actor: Actor, filed: Answers) -> dict[str, Any]:
    decision = form.get("decision", "")
    if decision not in ("grant", "refuse"):
        raise InvalidInput({"decision": ["Hãy chọn đề xuất cấp hoặc từ chối."]})
    if decision == "refuse":
        answers: Answers = {}
        reason = checked_reason(form.get("reason", ""))
    else:
        answers = _appraised(procedure, form, filed)
        reason = ""
    return {"decision": decision, "reason": reason, "answers": answers, "proposed_by": actor.display_name}


def _appraised(procedure: Procedure, form: Form, filed: Answers) -> Answers:
    """What the officer states; whether a question is asked may hang on what was filed."""
    questions = procedure.definition.appraisal.questions
    taken = read_questions(procedure, questions, form, filed)
    return {
        question.element: taken[question.element] for question in shown_questions(questions, taken) if question.element in taken
    }


def prefilled_appraisal(procedure: Procedure, answers: Answers) -> Answers:
    """The appraisal's answers as the dossier suggests them, for the officer to confirm."""
    prefill = procedure.definition.appraisal.prefill
    known = {target: answers[source] for target, source in prefill.items() if source in answers}
    return {target: {"value": answer["value"], "source": "citizen"} for target, answer in known.items()}
