"""Roles, permissions and the actor: pure data about who may do what, at which office."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """A duty of a staff member at one office (citizens need none)."""

    CLERK = "clerk"
    OFFICER = "officer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What an actor may do, as desk:resource:action."""

    SUBMIT = "citizen:dossier:submit"
    INTAKE = "counter:intake:file"
    SEE_QUEUE = "counter:queue:see"
    SEE_DOSSIER = "counter:dossier:see"
    RECEIVE = "counter:dossier:receive"
    REFUSE = "counter:dossier:refuse"
    TRANSFER = "counter:dossier:transfer"
    REQUEST_SUPPLEMENTS = "counter:dossier:request-supplements"
    SUPPLY_SUPPLEMENTS = "citizen:dossier:supply-supplements"
    ACCEPT_SUPPLEMENTS = "counter:dossier:accept-supplements"
    REQUEST_PREPAYMENT = "counter:dossier:request-prepayment"
    REQUEST_PAYMENT = "counter:dossier:request-payment"
    RECORD_PAYMENT = "counter:dossier:record-payment"
    RECHECK = "counter:dossier:recheck"
    FORWARD = "counter:dossier:forward"
    ASSIGN = "counter:dossier:assign"
    REASSIGN = "counter:dossier:reassign"
    PROPOSE_SUPPLEMENTS = "counter:dossier:propose-supplements"
    ASK_OPINION = "counter:dossier:ask-opinion"
    GIVE_OPINION = "counter:dossier:give-opinion"
    RECORD_VERIFICATION = "counter:dossier:record-verification"
    PROPOSE = "counter:dossier:propose"
    SEND_DRAFT = "counter:dossier:send-draft"
    CONFIRM_DRAFT = "citizen:dossier:confirm-draft"
    DISPUTE_DRAFT = "citizen:dossier:dispute-draft"
    SEND_BACK = "counter:dossier:send-back"
    APPROVE = "counter:dossier:approve"
    ISSUE = "system:dossier:issue"
    TAKE_BACK = "system:dossier:take-back"
    RETURN_RESULT = "counter:dossier:return-result"
    WRITE_AGAIN = "counter:dossier:write-again"
    EXTEND_DEADLINE = "counter:dossier:extend-deadline"
    RECALCULATE = "system:dossier:recalculate"
    STOP = "counter:dossier:stop"
    RESUME = "counter:dossier:resume"
    WITHDRAW = "citizen:dossier:withdraw"
    CONFIRM_WITHDRAWAL = "counter:dossier:confirm-withdrawal"
    ANSWER_QUESTION = "counter:access-question:answer"
    REPORT_ABSENCE = "counter:absence:report"
    MANAGE_ABSENCES = "counter:absence:manage"
    EDIT_CATALOGUE = "admin:procedure:edit"
    APPROVE_PROCEDURE = "admin:procedure:approve"
    PUBLISH_PROCEDURE = "admin:procedure:publish"
    MANAGE_OFFICES = "admin:office:manage"
    MANAGE_STAFF = "admin:staff:manage"
    EDIT_CALENDAR = "admin:calendar:edit"
    EDIT_ANNOUNCEMENTS = "admin:announcement:edit"
    SEE_DATA_QUALITY = "admin:data-quality:see"
    EDIT_FIGURES = "admin:figure:edit"
    SEE_CHANGES = "admin:change:see"


_EVERY_DESK = frozenset({Permission.SEE_QUEUE, Permission.SEE_DOSSIER, Permission.REPORT_ABSENCE})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _EVERY_DESK
    | {
        Permission.INTAKE,
        Permission.RECEIVE,
        Permission.REFUSE,
        Permission.TRANSFER,
        Permission.REQUEST_SUPPLEMENTS,
        Permission.ACCEPT_SUPPLEMENTS,
        Permission.REQUEST_PREPAYMENT,
        Permission.REQUEST_PAYMENT,
        Permission.RECORD_PAYMENT,
        Permission.RECHECK,
        Permission.FORWARD,
        Permission.RETURN_RESULT,
        Permission.CONFIRM_WITHDRAWAL,
    },
    Role.OFFICER: _EVERY_DESK
    | {
        Permission.RECHECK,
        Permission.ASSIGN,
        Permission.PROPOSE_SUPPLEMENTS,
        Permission.REQUEST_PAYMENT,
        Permission.ASK_OPINION,
        Permission.GIVE_OPINION,
        Permission.RECORD_VERIFICATION,
        Permission.PROPOSE,
        Permission.SEND_DRAFT,
        Permission.WRITE_AGAIN,
    },
    Role.LEADER: _EVERY_DESK
    | {
        Permission.MANAGE_ABSENCES,
        Permission.ANSWER_QUESTION,
        Permission.ASSIGN,
        Permission.REASSIGN,
        Permission.SEND_BACK,
        Permission.APPROVE,
        Permission.EXTEND_DEADLINE,
        Permission.STOP,
        Permission.RESUME,
        Permission.WRITE_AGAIN,
    },
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.EDIT_CATALOGUE,
            Permission.APPROVE_PROCEDURE,
            Permission.PUBLISH_PROCEDURE,
            Permission.MANAGE_OFFICES,
            Permission.MANAGE_STAFF,
            Permission.EDIT_CALENDAR,
            Permission.EDIT_ANNOUNCEMENTS,
            Permission.SEE_DATA_QUALITY,
            Permission.EDIT_FIGURES,
            Permission.SEE_CHANGES,
        }
    ),
    Role.AUDITOR: frozenset({Permission.SEE_DATA_QUALITY, Permission.SEE_CHANGES}),
}
OWNER_GRANTS = frozenset(
    {
        Permission.SUBMIT,
        Permission.SUPPLY_SUPPLEMENTS,
        Permission.CONFIRM_DRAFT,
        Permission.DISPUTE_DRAFT,
        Permission.WITHDRAW,
    }
)
SYSTEM_GRANTS = frozenset(
    {
        Permission.ISSUE,
        Permission.TAKE_BACK,
        Permission.RETURN_RESULT,
        Permission.RECALCULATE,
        Permission.CONFIRM_DRAFT,
        Permission.ASSIGN,
    }
)


@dataclass(frozen=True)
class Duty:
    """One role at one office, for the procedures named, or (none named) for every one.

    `handed_over_from`: the office where the duty is held, when `office_code` is one whose dossiers it took over.
    """

    role: Role
    office_code: str
    procedure_codes: frozenset[str] = frozenset()
    handed_over_from: str = ""

    def covers(self, procedure_code: str | None) -> bool:
        """Whether the duty is for dossiers of the procedure; None asks for any procedure at all."""
        return not self.procedure_codes or procedure_code is None or procedure_code in self.procedure_codes


@dataclass(frozen=True)
class Assistance:
    """The person at the counter for whom a clerk writes, the one dossier of theirs, and how they confirmed what was written."""

    owner_id: uuid.UUID
    dossier_id: uuid.UUID
    office_code: str
    confirmed: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts in this request or job; `subject_hash` is the keyed hash of their personal ID.

    `stands_in_for`: the accounts of the absent in whose place they act on this day. `own_accounts`: every account of the
    same person, who may have come from more than one identity provider, or under more than one name of theirs.
    """

    account_id: uuid.UUID | None
    display_name: str
    level: int = 0
    subject_hash: bytes = b""
    duties: frozenset[Duty] = field(default_factory=frozenset)
    stands_in_for: frozenset[uuid.UUID] = field(default_factory=frozenset)
    own_accounts: frozenset[uuid.UUID] = field(default_factory=frozenset)
    is_system: bool = False
    assists: Assistance | None = None

    @property
    def owner_id(self) -> uuid.UUID | None:
        """Whose own dossiers the actor's acts are about: their own, or those of the person whom they assist."""
        return self.assists.owner_id if self.assists else self.account_id

    def is_one_of(self, *account_ids: uuid.UUID | None) -> bool:
        """Whether one of these accounts is the actor's, this one or another of the same person."""
        return any(one is not None and (one == self.account_id or one in self.own_accounts) for one in account_ids)

    @property
    def id(self) -> str:
        """How events and logs name the actor: never a name, never a personal ID."""
        return "system" if self.is_system else str(self.account_id or "anonymous")

    def offices(self, permission: Permission) -> frozenset[str]:
        """The offices at which the actor holds the permission by duty, be it for one procedure alone."""
        return frozenset(duty.office_code for duty in self.duties if permission in GRANTS[duty.role])

    def reach(self, permission: Permission) -> dict[str, frozenset[str]]:
        """Office by office, the procedures for which the actor holds the permission; an empty set is every procedure."""
        found: dict[str, frozenset[str]] = {}
        for duty in self.duties:
            if permission in GRANTS[duty.role]:
                before = found.get(duty.office_code)
                is_whole = not duty.procedure_codes or before == frozenset()
                found[duty.office_code] = frozenset() if is_whole else duty.procedure_codes | (before or frozenset())
        return found

    def role_for(self, permission: Permission, office_code: str, procedure_code: str | None = None) -> Role | None:
        """The role by which the actor holds the permission at the office for the procedure (None: for any), if there is one."""
        for duty in sorted(self.duties, key=lambda d: d.role):
            if duty.office_code == office_code and permission in GRANTS[duty.role] and duty.covers(procedure_code):
                return duty.role
        return None

    def holds_anywhere(self, permission: Permission) -> bool:
        """Whether any duty of the actor gives the permission (draws navigation, never decides)."""
        return bool(self.offices(permission))

    @property
    def is_staff(self) -> bool:
        return bool(self.duties)


SYSTEM = Actor(account_id=None, display_name="Hệ thống", is_system=True)
ANONYMOUS = Actor(account_id=None, display_name="")
