"""What an officer proposes, read from the form and checked: to grant with what is stated, or to refuse with the reason."""

from __future__ import annotations

from typing import Any

from portal.auth.permissions import Actor
from portal.services.catalogue.answers import read_questions, shown_questions
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reading import Form
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.reasons import checked_reason
from portal.services.errors import InvalidInput


def checked_proposal(procedure: Procedure, form: Form, actor: Actor, filed: Answers) -> dict[str, Any]:
    """The proposal as the dossier keeps it: `decision`, `reason`, `answers` of the appraisal, who proposed.

    Raises:
        InvalidInput: with messages for each field.
    """
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
