"""Files in forms: how much one holds, the sentence of each refusal, and giving a file back so that it can do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from portal.config import settings
from portal.models import Attachment
from portal.services.catalogue.handling import Component
from portal.services.dossiers.attachments import MAY_BE_OPENED
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Reason
from portal.web.filters import write_file_size
from portal.web.language import current_language

View = TypeVar("View", bound=Callable[..., Any])
MARK = "takes_files"
FILES_OF_ONE_FORM = 3  # as large as files may be; many small ones fit as well
CLOSED = "sandbox; default-src 'none'; frame-ancestors 'none'"
ROOM_FOR_FIELDS = 1024 * 1024


def takes_files(view: View) -> View:
    """Mark a view whose forms hold files: they may be larger than others."""
    setattr(view, MARK, True)
    return view


def largest_form_bytes() -> int:
    """How much a form with files may hold."""
    return FILES_OF_ONE_FORM * settings().upload_file_bytes + ROOM_FOR_FIELDS


def init_app(app: Flask) -> None:
    """Let forms with files be as large as they may, before anything reads them, and leave none of them behind."""

    @app.before_request
    def widen() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, MARK, False):
            request.max_content_length = largest_form_bytes()

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        request.close()  # temporary files go with the request, not when somebody happens to sweep


def read(upload: FileStorage) -> bytes:
    """The file's bytes, and one more than may be where there are too many: no more of it enters memory."""
    return upload.stream.read(settings().upload_file_bytes + 1)


def sent_files(name: str) -> list[FileStorage]:
    """The files chosen in one field of this form; an empty field is none."""
    return [upload for upload in request.files.getlist(name) if upload.filename]


def component_words(component: Component, *, is_required: bool) -> str:
    """How the paper is wanted: must it be sent, in which form, how many."""
    form = {
        "original": _("bản chính, chụp hoặc quét rõ"),
        "copy": _("bản sao, chụp hoặc quét rõ"),
        "electronic": _("bản điện tử"),
    }[component.form]
    need = _("Bắt buộc") if is_required else _("Nếu có")
    if component.must_present:
        need = _("Chỉ cần xuất trình; gửi ảnh trước thì nhanh hơn")
    elif component.digitised_by == "clerk":
        need = _("Có thể mang đến quầy để cán bộ quét giúp")
    count = [ngettext("%(num)s bản", "%(num)s bản", component.count)] if component.count > 1 else []
    return " · ".join([need, form, *count])


def attachment_row(attachment: Attachment) -> dict[str, Any]:
    """An attachment as pages list it; where it opens is the desk's to say."""
    state = ScanState(attachment.scan_state)
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "size_bytes": attachment.size_bytes,
        "pages": attachment.pages,
        "is_picture": attachment.media_type.startswith("image/"),
        "is_replaced": attachment.replaced_at is not None,
        "is_reused": attachment.reused_document_id is not None,
        "scan_state": state.value,
        "may_be_opened": state in MAY_BE_OPENED,
    }


def sentence(reason: Reason) -> str:
    """What to tell of a file that cannot be taken: what is the matter, and what to do."""
    limits = settings()
    size, total = (
        write_file_size(bound, current_language()) for bound in (limits.upload_file_bytes, limits.upload_dossier_bytes)
    )
    return {
        Reason.EMPTY: _("Tệp này rỗng, hãy chọn lại tệp khác."),
        Reason.TOO_LARGE: _("Tệp lớn quá %(size)s, hãy chụp ở cỡ nhỏ hơn hoặc tách thành nhiều tệp.", size=size),
        Reason.KIND: _("Cổng chỉ nhận tệp PDF, JPG hoặc PNG, hãy lưu lại theo một trong ba loại này."),
        Reason.HEIC: _("Ảnh HEIC chưa mở được ở đây, hãy chọn lưu ảnh dạng JPG rồi gửi lại."),
        Reason.DAMAGED: _("Tệp bị hỏng hoặc chưa đủ, hãy mở thử trên máy rồi lưu lại."),
        Reason.LOCKED: _("Tệp PDF đang khóa bằng mật khẩu, hãy bỏ mật khẩu rồi gửi lại."),
        Reason.ACTIVE: _("Tệp PDF có mã lệnh hoặc biểu mẫu tự chạy, hãy in ra PDF mới rồi gửi lại."),
        Reason.EMBEDDED: _("Trong tệp PDF có tệp khác, hãy gửi riêng từng tệp."),
        Reason.TWO_IN_ONE: _("Sau nội dung giấy tờ còn có dữ liệu lạ, hãy chụp hoặc lưu lại rồi gửi."),
        Reason.PAGES: _("Tệp PDF quá %(num)s trang, hãy tách thành nhiều tệp.", num=limits.upload_pdf_pages),
        Reason.PAGE_SIZE: _("Khổ trang của tệp PDF quá lớn hoặc quá nhỏ, hãy in lại ra khổ A4."),
        Reason.PIXELS: _("Ảnh có quá nhiều điểm ảnh, hãy chụp lại ở cỡ nhỏ hơn."),
        Reason.TOO_HEAVY: _("Cổng không mở nổi tệp này, hãy lưu lại đơn giản hơn rồi gửi."),
        Reason.BUSY: _("Lúc này nhiều người cùng gửi tệp, hãy thử lại sau ít phút."),
        Reason.INFECTED: _("Phần mềm diệt vi-rút báo tệp này có mã độc, hãy gửi tệp khác."),
        Reason.TOO_MANY: _("Hồ sơ đã đủ %(num)s tệp, hãy gỡ bớt hoặc ghép lại trước khi thêm.", num=limits.upload_dossier_files),
        Reason.DOSSIER_FULL: _("Các tệp của hồ sơ đã gần %(size)s, hãy gỡ bớt hoặc dùng tệp nhỏ hơn.", size=total),
        Reason.SENT_BEFORE: _("Tệp này giống hệt tệp đã nộp, hãy chọn tệp khác."),
        Reason.DAY_FULL: _("Hôm nay ông/bà đã gửi nhiều tệp, hãy thêm tiếp vào ngày mai."),
    }[reason]


def kept_response(content: bytes, name: str, media_type: str) -> Response:
    """The file to be kept under its name: never opened inside this origin, whatever it is."""
    response = _closed(content, media_type)
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " ._-") else "_" for sign in name)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return response


def picture_response(jpeg: bytes) -> Response:
    """A picture that we drew ourselves, shown on a page of its own that can do nothing."""
    response = _closed(jpeg, "image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = f"{CLOSED}; img-src 'self'; style-src 'unsafe-inline'"  # the browser's own page
    return response


def _closed(content: bytes, media_type: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
