"""How a dossier stands against its promise, for people: in time, due soon, overdue, standing still, or not counted."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask_babel import gettext as _

from portal.models import Dossier
from portal.services.dossiers.vocabulary import State

DueKind = Literal["in_time", "due_soon", "overdue", "paused", "none"]
NOT_COUNTED = frozenset({State.NOT_RECEIVED, State.WITHDRAWN, State.STOPPED})


def due_of(dossier: Dossier, now: datetime, soon: datetime) -> dict[str, str]:
    """The kind and the words; the colour says nothing that the words do not. `soon`: one working day from now."""
    if dossier.promised_at is None:
        return {"kind": "none", "text": _("Chưa tính thời hạn")}
    end = dossier.finished_at
    if end is not None:
        late = end > dossier.promised_at
        return {"kind": "overdue" if late else "in_time", "text": _("Xong quá hạn") if late else _("Xong đúng hạn")}
    if dossier.paused_at is not None:
        return {"kind": "paused", "text": _("Tạm dừng tính hạn")}
    if State(dossier.state) in NOT_COUNTED:
        return {"kind": "none", "text": _("Thôi tính hạn")}
    if now > dossier.promised_at:
        return {"kind": "overdue", "text": _("Quá hạn")}
    if dossier.promised_at <= soon:
        return {"kind": "due_soon", "text": _("Sắp đến hạn")}
    return {"kind": "in_time", "text": _("Còn hạn")}
