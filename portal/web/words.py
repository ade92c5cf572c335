"""The portal's words for where a dossier stands and what may be done with it, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.services.dossiers.vocabulary import Act, Place, Stage, State


def state_name(state: str) -> str:
    """The exact name of a status, as the national portal writes it."""
    return {
        State.DRAFT: _("Bản nháp"),
        State.SUBMITTED: _("Mới đăng ký"),
        State.RECEIVED: _("Được tiếp nhận"),
        State.NOT_RECEIVED: _("Không được tiếp nhận"),
        State.IN_PROCESSING: _("Đang xử lý"),
        State.SUPPLEMENT_REQUESTED: _("Yêu cầu bổ sung giấy tờ"),
        State.PAYMENT_REQUESTED: _("Yêu cầu thực hiện nghĩa vụ tài chính"),
        State.WITHDRAWN: _("Công dân yêu cầu rút hồ sơ"),
        State.STOPPED: _("Dừng xử lý"),
        State.FINISHED: _("Đã xử lý xong"),
        State.RETURNED: _("Đã trả kết quả"),
    }[State(state)]


def place_name(place: Place) -> str:
    """Where a dossier stands, for those who work on it."""
    if place.stage is None:
        return state_name(place.state)
    return {
        Stage.AWAITING_ASSIGNMENT: _("Chờ phân công"),
        Stage.APPRAISING: _("Đang thẩm định"),
        Stage.AWAITING_SIGNATURE: _("Chờ ký"),
        Stage.ISSUING: _("Chờ đóng dấu, vào sổ"),
    }[place.stage]


def act_name(act: Act) -> str:
    """The button of an act."""
    return {
        Act.SUBMIT: _("Nộp hồ sơ"),
        Act.RECEIVE: _("Tiếp nhận"),
        Act.REFUSE: _("Từ chối"),
        Act.FORWARD: _("Chuyển xử lý"),
        Act.ASSIGN: _("Nhận thụ lý"),
        Act.PROPOSE: _("Trình ký"),
        Act.SEND_BACK: _("Trả lại chuyên viên"),
        Act.APPROVE: _("Phê duyệt và ký số"),
        Act.ISSUE: _("Phát hành"),
        Act.RETURN_RESULT: _("Trả kết quả"),
    }[act]


def event_name(name: str) -> str:
    """What happened, in the history of a dossier."""
    return {
        "submitted": _("Đã nộp hồ sơ"),
        "received": _("Đã tiếp nhận"),
        "refused": _("Không tiếp nhận"),
        "forwarded": _("Đã chuyển cơ quan chuyên môn"),
        "assigned": _("Chuyên viên đã nhận hồ sơ"),
        "proposed": _("Đã trình lãnh đạo"),
        "sent_back": _("Lãnh đạo yêu cầu xem lại"),
        "approved": _("Lãnh đạo đã phê duyệt"),
        "issued": _("Đã ký số kết quả"),
        "result_returned": _("Đã trả kết quả"),
    }[name]


def ending_sentence(state: State) -> str:
    """What an ended dossier means for the citizen now."""
    return {
        State.NOT_RECEIVED: _("Lý do và căn cứ pháp lý có trong phiếu từ chối. Khi đã sửa, mời ông/bà nộp hồ sơ khác."),
        State.RETURNED: _("Ông/bà xem, tải về và đưa mã kiểm tra cho người cần xem được ngay."),
    }.get(state, "")


def waiting_words(place: Place, *, is_electronic: bool) -> tuple[str, str]:
    """What a dossier waits for, for the citizen: who does what now, and what follows."""
    if place.state is State.FINISHED and not is_electronic:
        return _("Kết quả đã có, mời ông/bà đến nhận"), _("Khi đến bộ phận một cửa, xin mang giấy hẹn và thẻ căn cước.")
    if place.stage is not None:
        return {
            Stage.AWAITING_ASSIGNMENT: (_("Chờ chuyên viên nhận hồ sơ"), ""),
            Stage.APPRAISING: (_("Chuyên viên thẩm định"), _("Chuyên viên đối chiếu lời khai với cơ sở dữ liệu.")),
            Stage.AWAITING_SIGNATURE: (_("Lãnh đạo xem và ký"), _("Chuyên viên đã trình văn bản.")),
            Stage.ISSUING: (_("Ký số, vào sổ"), _("Cổng báo ngay khi ký xong.")),
        }[place.stage]
    return {
        State.SUBMITTED: (_("Bộ phận một cửa kiểm tra"), _("Cán bộ trả lời trong 8 giờ làm việc, kèm giấy hẹn ghi rõ ngày.")),
        State.RECEIVED: (_("Chuyển cho chuyên viên"), _("Hồ sơ đã đủ. Thời hạn đang được tính.")),
        State.FINISHED: (_("Gửi kết quả"), _("Kết quả sắp có trên trang này.")),
    }.get(place.state, (state_name(place.state), ""))


def tell(message: str) -> str:
    """A sentence of the services in the page's language, with its facts in their places."""
    return _(message, **getattr(message, "facts", {}))


def role_name(role: str) -> str:
    """In which capacity somebody acted."""
    return {
        "owner": _("Người nộp"),
        "clerk": _("Cán bộ một cửa"),
        "officer": _("Chuyên viên thụ lý"),
        "leader": _("Lãnh đạo ký"),
        "administrator": _("Quản trị danh mục"),
        "auditor": _("Thanh tra"),
        "system": _("Hệ thống"),
    }.get(role, role)
