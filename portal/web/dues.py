"""How a dossier stands against its promise, for people: in time, due soon, overdue, or not counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from flask_babel import gettext as _

from portal.models import Dossier

SOON = timedelta(days=1)
DueKind = Literal["in_time", "due_soon", "overdue", "none"]


def due_of(dossier: Dossier, now: datetime) -> dict[str, str]:
    """The kind and the words; the colour says nothing that the words do not."""
    if dossier.promised_at is None:
        return {"kind": "none", "text": _("Chưa tính thời hạn")}
    end = dossier.finished_at
    if end is not None:
        late = end > dossier.promised_at
        return {"kind": "overdue" if late else "in_time", "text": _("Xong quá hạn") if late else _("Xong đúng hạn")}
    if now > dossier.promised_at:
        return {"kind": "overdue", "text": _("Quá hạn")}
    if dossier.promised_at - now <= SOON:
        return {"kind": "due_soon", "text": _("Sắp đến hạn")}
    return {"kind": "in_time", "text": _("Còn hạn")}
