"""Dossiers that lack something: a procedure with papers and a window to complete them, and each step of asking and supplying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal import db
from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier, ProcedurePublication, SupplementRequest
from portal.postgres import EmbeddedServer
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.versions import store
from portal.services.dossiers.accept_supplements import accept_supplements
from portal.services.dossiers.assign import assign
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.forward import forward
from portal.services.dossiers.propose_supplements import propose_supplements
from portal.services.dossiers.receive import receive
from portal.services.dossiers.request_supplements import request_supplements
from portal.services.dossiers.submit import submit
from portal.services.dossiers.supplements import newest_request
from portal.services.dossiers.supply_supplements import supply_supplements
from portal.services.vault.scanner import ScanState
from tests.carrying import COMPONENTS, PAPER, PHOTOS, SOMETIMES, upload
from tests.emptying import empty_database
from tests.filings import filled_draft
from tests.procedures import edited
from tests.services.vault import papers

WITNESS = "partner.full_name"
WITNESSES: dict[str, Any] = {
    "key": "other.witnesses", "title": "Người làm chứng", "item_title": "Người", "questions": [{"element": WITNESS}]
}  # fmt: skip
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)  # in force on every day on which a test may live
COMPLETING = "1.999002"
PURPOSE, DETAIL, COPIES = "certificate.purpose", "certificate.purpose_detail", "certificate.copies"
BLURRED = "Trang này mờ, không đọc được số giấy."
UNCLEAR = "Mục đích ghi chưa khớp với giấy tờ kèm theo."
OVERRIDE = "Giấy tờ đã bổ sung lại bị tẩy xóa, không dùng được."
TYPED = {PURPOSE: "loan", COPIES: "1"}


def publish_completing(session: Session, window: str = "7wd", requests: int = 1) -> str:
    """Publish the procedure beside those that ship; gives the version's hash."""

    def change(data: dict[str, Any]) -> None:
        data["code"] = COMPLETING
        data["name"] = "Thủ tục thử cần bổ sung"
        data["components"] = [*data["components"], *COMPONENTS[:2], COMPONENTS[4]]
        data["pages"][0]["groups"] = [WITNESSES]
        data["reception"] = {**data["reception"], "supplement_window": window, "supplement_requests": requests}

    version = store(session, texts_for(edited(change)), state="shipped")
    known = {"code": COMPLETING, "version_hash": version.content_hash}
    session.add(ProcedurePublication(**known, starts_at=LONG_AGO, published_at=LONG_AGO))
    session.flush()
    return version.content_hash


def picture(name: str = "ảnh.png", shade: int = 1) -> Any:
    """A sound file that differs by its shade."""
    return upload(name, papers.image("PNG", (shade + 8, 8)))


@lru_cache(maxsize=1)
def paper_file() -> Any:
    """The file that every dossier is filed with: drawn again, its bytes would differ."""
    return upload()


def filed(session: Session, owner: Actor, **answers: str) -> Dossier:
    """A dossier of the procedure with the one paper that it needs, filed."""
    draft = filled_draft(session, owner, answers, code=COMPLETING)
    attach(session, owner, draft.id, PAPER, paper_file(), ScanState.NOT_SCANNED)
    return submit(session, owner, draft.id, is_declared=True)


def appraising(session: Session, owner: Actor, clerk: Actor, officer: Actor) -> Dossier:
    """Such a dossier in the officer's hands."""
    dossier = filed(session, owner)
    receive(session, clerk, str(dossier.code), expected_version=dossier.version)
    forward(session, clerk, str(dossier.code), expected_version=dossier.version)
    return assign(session, officer, str(dossier.code), expected_version=dossier.version)


def question(element: str = PURPOSE, reason: str = UNCLEAR) -> dict[str, str]:
    """A question that is pointed at."""
    return {"kind": "question", "of": element, "reason": reason}


def component(component_id: str = PHOTOS, reason: str = "Cần ảnh chụp nơi ở để đối chiếu.") -> dict[str, str]:
    """A paper that is missing."""
    return {"kind": "component", "of": component_id, "reason": reason}


def pages(attachment: Attachment, which: str = "1", reason: str = BLURRED) -> dict[str, str]:
    """Pages of a file that are to be sent again."""
    return {"kind": "pages", "of": str(attachment.id), "pages": which, "reason": reason}


def asked(session: Session, clerk: Actor, dossier: Dossier, *items: dict[str, str], override: str = "") -> SupplementRequest:
    """The counter's request for these things."""
    request_supplements(
        session, clerk, str(dossier.code), expected_version=dossier.version, items=items or (question(),), override=override
    )
    request = newest_request(session, dossier)
    assert request is not None
    return request


def asked_after_receipt(session: Session, owner: Actor, clerk: Actor, officer: Actor, *items: dict[str, str]) -> Dossier:
    """A received dossier whose officer missed something and whose owner was asked for it."""
    dossier = appraising(session, owner, clerk, officer)
    propose_supplements(session, officer, str(dossier.code), expected_version=dossier.version, items=items or (question(),))
    asked(session, clerk, dossier)
    return dossier


def chosen(
    session: Session, owner: Actor, dossier: Dossier, component_id: str = PAPER, name: str = "mới.png", shade: int = 5
) -> Attachment:
    """A new file put into the answer."""
    return attach(session, owner, dossier.id, component_id, picture(name, shade), ScanState.NOT_SCANNED)


def supplied(session: Session, owner: Actor, dossier: Dossier, form: dict[str, str] | None = None) -> Dossier:
    """The owner's answer, sent."""
    request = newest_request(session, dossier)
    assert request is not None
    return supply_supplements(session, owner, str(dossier.code), request.id, form=TYPED if form is None else form)


def accepted(session: Session, clerk: Actor, dossier: Dossier) -> Dossier:
    """What was supplied, taken."""
    return accept_supplements(session, clerk, str(dossier.code), expected_version=dossier.version)


def take_away(owner: Engine) -> None:
    """Take the procedure away again, when nothing is filed under it any more."""
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM procedure_publications WHERE code = :code"), {"code": COMPLETING})
        connection.execute(text("DELETE FROM procedure_versions WHERE code = :code"), {"code": COMPLETING})


__all__ = ["DETAIL", "PAPER", "PHOTOS", "SOMETIMES", "attachments_of"]


@contextmanager
def offered_in(town: EmbeddedServer) -> Iterator[None]:
    """The procedure is in force in the town, and afterwards it and everything filed there are gone."""
    with db.transaction() as session:
        publish_completing(session)
    yield
    owner = db.make_engine(town.url("owner"), pool_size=1)
    empty_database(owner)
    take_away(owner)
    owner.dispose()
