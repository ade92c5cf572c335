"""The errors that services raise; the web layer maps each to one page."""

from __future__ import annotations

from datetime import datetime


class Said(str):
    """A sentence with facts in it: the text is the msgid (`%(ward)s`), `facts` what stands in its places."""

    facts: dict[str, str]

    def __new__(cls, sentence: str, **facts: object) -> Said:
        said = super().__new__(cls, sentence)
        said.facts = {name: str(value) for name, value in facts.items()}
        return said


class PortalError(Exception):
    """A refusal with a reason that a person can read; `message` is a Vietnamese msgid."""

    message = "Cổng chưa làm được việc này. Dữ liệu của ông/bà vẫn được giữ nguyên."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message)
        self.detail = detail


class NotFound(PortalError):
    """Nothing of this name that the actor may know of."""

    message = "Không tìm thấy nội dung này."


class Forbidden(PortalError):
    """The actor's role does not allow the act."""

    message = "Vai trò của ông/bà không được làm việc này."


class IllegalMove(PortalError):
    """The dossier's state does not allow the act."""

    message = "Hồ sơ đang ở bước khác nên không thể làm việc này."


class GuardRefused(PortalError):
    """A rule of the procedure or of the law stands against the act; `message` says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Stale(PortalError):
    """Somebody else acted on the dossier first."""

    message = "Hồ sơ vừa được người khác xử lý. Xin xem lại trước khi làm tiếp."

    def __init__(self, by: str, at: datetime | None) -> None:
        super().__init__()
        self.by = by
        self.at = at


class EditedMeanwhile(PortalError):
    """Somebody else changed the same thing after the person's page was drawn."""

    message = "Người khác vừa sửa nội dung này. Những gì ông/bà ghi vẫn còn; xin so lại rồi lưu lần nữa."


class LevelTooLow(PortalError):
    """The session's level of assurance is lower than the act needs; the person can step up."""

    message = "Việc này cần đăng nhập ở mức độ cao hơn."

    def __init__(self, needed: int) -> None:
        super().__init__()
        self.needed = needed


class InvalidInput(PortalError):
    """Answers that do not hold; `errors` maps each field to its messages (Vietnamese msgids)."""

    message = "Có chỗ cần sửa."

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__()
        self.errors = errors
