"""Who writes the rows of a crowd: one dossier after another, with its people, its answers and the words of its events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import rfc8785

from portal.auth.permissions import GRANTS, OWNER_GRANTS
from portal.crowd.lives import OfficeTime
from portal.crowd.people import Person, person, spread
from portal.crowd.rows import COLUMNS, Hands, Ids, Plan, Rows, array, hexed, maybe_stamp, stamp
from portal.crowd.specimens import SECRET, Specimen, told
from portal.crypto import Keyring, new_data_key, seal, sha256
from portal.services.dossiers.deadlines import Calendar, Promise, Term, Unit, promise
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.papers import CODE_ALPHABET
from portal.services.dossiers.vocabulary import APPRAISING, EVENT_NAMES, Act, Clock, Stage, State
from portal.text import fold

SAME_DAY_UNTIL = time(15, 0)
EVERY_ASKED = 61  # of so many dossiers under appraisal one awaits another office's opinion
WAITING_DAYS = 7
IDS_EACH = 6  # ids that one dossier may need besides those of its events


class Scribe:
    """Writes the rows of one run; every process that helps has one of its own, made of the same things."""

    def __init__(
        self, ring: Keyring, seed: int, ids: Ids, office_time: OfficeTime, calendar: Calendar,
        specimens: Mapping[tuple[str, int], Specimen], hands: Mapping[str, Hands], owners: int, opened_at: datetime,
    ) -> None:  # fmt: skip
        self.ring, self.seed, self.ids, self.office_time, self.calendar = ring, seed, ids, office_time, calendar
        self.specimens, self.hands, self.owners, self.opened_at = specimens, hands, owners, opened_at
        self.token = lru_cache(maxsize=5_000)(lambda word: ring.blind("name", word))
        self.promise = lru_cache(maxsize=50_000)(self._promise)

    def accounts(self, numbers: Iterable[int]) -> Rows:
        """The accounts of the dossiers' owners."""
        rows = Rows()
        for number in numbers:
            someone = person(number, self.seed)
            account_id, key_id = self.ids.of(self.opened_at, number), self.ids.of(self.opened_at, self.owners + number)
            key = self._key(rows, key_id)
            profile = {"personal_id": someone.personal_id, "full_name": someone.full_name, "date_of_birth": someone.date_of_birth}
            opened = stamp(self.opened_at)
            rows.add(
                "accounts", account_id, "crowd", account_id, hexed(self.ring.blind("personal-id", someone.personal_id)),
                hexed(seal(key, rfc8785.dumps(profile), f"accounts.sealed_profile.{account_id}")), opened, opened, key_id,
            )  # fmt: skip
        return rows

    def dossiers(self, plans: Sequence[Plan]) -> Rows:
        """The dossiers with their answers, and the words of their events."""
        rows = Rows()
        for plan in plans:
            self._dossier(rows, plan)
        return rows

    def _key(self, rows: Rows, key_id: str) -> bytes:
        key = new_data_key()
        kept = self.ring.wrap(key)
        rows.add("keyring.data_keys", key_id, kept.master_id, hexed(kept.wrapped))
        return key

    def _dossier(self, rows: Rows, plan: Plan) -> None:
        specimen = self.specimens[plan.office_code, plan.specimen]
        someone = person(self._owner(plan), self.seed)
        moments = [self.office_time.moment(count) for count in plan.life.at]
        first = 2 * self.owners + IDS_EACH * plan.life.number
        dossier_id, key_id, answers_id, request_id, opinion_id, again_id = (
            self.ids.of(moments[0], first + n) for n in range(IDS_EACH)
        )
        key = self._key(rows, key_id)
        answers = told(specimen.answers, someone).encode()
        values = {
            "id": dossier_id, "data_key_id": key_id,
            **self._identity(plan, specimen, someone),
            **self._moments(plan, specimen, moments),
            **self._sealed(plan, specimen, someone, key, dossier_id),
        }  # fmt: skip
        rows.add("dossiers", *(values[name] for name in COLUMNS["dossiers"]))
        rounds = [(answers_id, moments[0])]
        if any(move.act is Act.SUPPLY_SUPPLEMENTS for move in plan.life.path):
            rounds.append((again_id, moments[-1]))  # the same once more: what was asked was answered as before
        for number, (document_id, moment) in enumerate(rounds, 1):
            rows.add(
                "answers_documents", document_id, dossier_id, number, specimen.version_hash,
                hexed(seal(key, answers, f"answers_documents.sealed_content.{document_id}")), hexed(sha256(answers)),
                stamp(moment), key_id,
            )  # fmt: skip
        self._asked(rows, plan, specimen, moments, values, key, (request_id, opinion_id))
        self._events(rows, plan, moments, values, sha256(answers).hex())

    def _owner(self, plan: Plan) -> int:
        return spread(plan.life.number, self.seed + 1) % self.owners

    def _identity(self, plan: Plan, specimen: Specimen, someone: Person) -> dict[str, Any]:
        hands, done = self.hands[plan.office_code], {move.act for move in plan.life.path}
        officer = hands.officers[plan.life.number % len(hands.officers)]
        subject_hash = self.ring.blind("personal-id", someone.personal_id)
        return {
            "code": plan.code, "procedure_code": specimen.procedure_code, "version_hash": specimen.version_hash,
            "version": len(plan.life.path), "state": plan.life.place.state.value, "stage": plan.life.place.stage,
            "channel": "online", "delivery": specimen.delivery, "language": "vi",
            "owner_id": self.ids.of(self.opened_at, self._owner(plan)), "office_code": plan.office_code,
            "subject_hash": hexed(subject_hash), "household_hashes": array([subject_hash]),
            "name_tokens": array([self.token(word) for word in sorted(set(fold(someone.full_name).split()))]),
            "register_year": plan.register[0] if plan.register else None,
            "register_number": plan.register[1] if plan.register else None,
            "received_by": hands.clerk if Act.RECEIVE in done else None, "assigned_to": officer if Act.ASSIGN in done else None,
            "proposed_by": officer if done & {Act.PROPOSE, Act.SEND_DRAFT} else None,
            "approved_by": hands.leader if Act.APPROVE in done else None,
            "confirms_draft": "t" if Act.SEND_DRAFT in done else "f",
            "supplement_requests": int(Act.REQUEST_SUPPLEMENTS in done),
        }  # fmt: skip

    def _moments(self, plan: Plan, specimen: Specimen, moments: list[datetime]) -> dict[str, Any]:
        place = plan.life.place
        when = {move.act: moment for move, moment in zip(plan.life.path, moments, strict=True)}
        promised = self._promised(when.get(Act.RECEIVE), specimen.term)
        stands = place.stage in (Stage.AFTER_RECEIPT, Stage.SUPPLIED, Stage.FOR_A_TIME)
        waits = place.stage in (Stage.AFTER_RECEIPT, Stage.BEFORE_RECEIPT) and place.state is State.SUPPLEMENT_REQUESTED
        is_asking = place == APPRAISING and plan.life.number % EVERY_ASKED == 0 and len(self.hands) > 1
        step_due = self._later(plan, 1) if place.state in (State.RECEIVED, State.IN_PROCESSING) else None
        return {
            "created_at": stamp(moments[0]), "submitted_at": stamp(moments[0]), "updated_at": stamp(moments[-1]),
            "received_at": maybe_stamp(when.get(Act.RECEIVE)), "clock_started_at": maybe_stamp(when.get(Act.RECEIVE)),
            "term": specimen.term if promised else None, "promised_at": stamp(promised[0]) if promised else None,
            "promise": promised, "finished_at": maybe_stamp(when.get(Act.ISSUE)),
            "returned_at": maybe_stamp(when.get(Act.RETURN_RESULT)), "paused_at": stamp(moments[-1]) if stands else None,
            "waits_until": self._later(plan, WAITING_DAYS) if waits else None, "step_due_at": step_due,
            "asked_offices": "{" + (self._other_office(plan) if is_asking else "") + "}",
            "opinions_until": self._later(plan, 3) if is_asking else None,
        }  # fmt: skip

    def _later(self, plan: Plan, days: int) -> str:
        return stamp(self.office_time.moment(plan.life.at[-1] + days * self.office_time.per_day))

    def _other_office(self, plan: Plan) -> str:
        others = [code for code in self.hands if code != plan.office_code]
        return others[spread(plan.life.number, self.seed + 4) % len(others)]

    def _sealed(self, plan: Plan, specimen: Specimen, someone: Person, key: bytes, dossier_id: str) -> dict[str, Any]:
        secret = "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in sha256(f"{plan.code}{self.seed}".encode())[:8])
        parties = told(specimen.parties, someone).replace(SECRET, secret).encode()
        proposal = told(specimen.proposal, someone).encode()
        is_proposed = any(move.act in (Act.PROPOSE, Act.SEND_DRAFT) for move in plan.life.path)
        return {
            "sealed_parties": hexed(seal(key, parties, f"dossiers.sealed_parties.{dossier_id}")),
            "sealed_proposal": hexed(seal(key, proposal, f"dossiers.sealed_proposal.{dossier_id}")) if is_proposed else None,
            "tracking_hash": hexed(self.ring.blind("tracking", f"{plan.code}\x00{secret}")),
        }

    def _promised(self, received: datetime | None, term: str) -> tuple[datetime, str] | None:
        """The promised moment, and its days as the event of the receipt tells them (canonical JSON)."""
        if received is None:
            return None
        reckoned, days = self.promise(received.date(), received.time() > SAME_DAY_UNTIL, term)
        if Term.parse(term).unit is not Unit.WORKING_DAYS:
            return reckoned.promised_at, days
        return datetime.combine(reckoned.promised_at.date(), received.timetz()), days

    def _promise(self, day: date, is_late: bool, term: str) -> tuple[Promise, str]:
        received = datetime.combine(day, time(15, 30) if is_late else time(9), tzinfo=self.opened_at.tzinfo)
        made = promise(received, Term.parse(term), self.calendar)
        days = [[line.day.isoformat(), line.kind.value, line.number, line.name] for line in made.days]
        return made, rfc8785.dumps(days).decode()

    def _asked(
        self, rows: Rows, plan: Plan, specimen: Specimen, moments: list[datetime], values: Mapping[str, Any], key: bytes,
        ids: tuple[str, str],
    ) -> None:  # fmt: skip
        """What the desks asked: a supplement of the citizen, an opinion of another office."""
        when = {move.act: moment for move, moment in zip(plan.life.path, moments, strict=True)}
        hands = self.hands[plan.office_code]
        proposed_at = when.get(Act.PROPOSE_SUPPLEMENTS) or when.get(Act.REQUEST_SUPPLEMENTS)
        if proposed_at:
            requested, items = when.get(Act.REQUEST_SUPPLEMENTS), specimen.missed.encode()
            rows.add(
                "supplement_requests", ids[0], values["id"], 1, values["assigned_to"] or hands.clerk, stamp(proposed_at),
                hands.clerk if requested else None, maybe_stamp(requested), values["waits_until"],
                maybe_stamp(when.get(Act.SUPPLY_SUPPLEMENTS)), "f",
                hexed(seal(key, items, f"supplement_requests.sealed_items.{ids[0]}")), values["data_key_id"],
            )  # fmt: skip
        if values["opinions_until"]:
            question = json.dumps("Đề nghị cho ý kiến về hồ sơ mẫu.", ensure_ascii=False).encode()
            rows.add(
                "opinions", ids[1], values["id"], values["asked_offices"].strip("{}"), values["assigned_to"],
                values["updated_at"], values["opinions_until"],
                hexed(seal(key, question, f"opinions.sealed_question.{ids[1]}")), values["data_key_id"],
            )  # fmt: skip

    def _events(self, rows: Rows, plan: Plan, moments: list[datetime], values: Mapping[str, Any], answers: str) -> None:
        hands, promised = self.hands[plan.office_code], values["promise"]
        for version, (move, moment, count) in enumerate(zip(plan.life.path, moments, plan.life.at, strict=True), 1):
            role = _role(move)
            actor = {
                "owner": values["owner_id"], "system": "system", "officer": values["assigned_to"], "leader": hands.leader,
            }.get(role, hands.clerk)  # fmt: skip
            facts = "{}"
            if move.act is Act.SUBMIT:
                facts = f'{{"answers":"{answers}","level":2,"version":"{values["version_hash"]}"}}'
            if move.clock is Clock.STARTS and promised and plan.register:
                facts = (
                    f'{{"counted_from":"{moment.isoformat()}","days":{promised[1]},"promised_at":"{promised[0].isoformat()}",'
                    f'"register":[{plan.register[0]},{plan.register[1]}]}}'
                )
            words = (
                values["id"], plan.code, str(version), EVENT_NAMES[move.act], str(move.source), str(move.target), str(actor),
                role, plan.office_code, stamp(moment), facts, values["data_key_id"],
            )  # fmt: skip
            rows.events.append((count, words))


def _role(move: Move) -> str:
    if move.permission in OWNER_GRANTS:
        return "owner"
    return next((role.value for role in sorted(GRANTS) if move.permission in GRANTS[role]), "system")
