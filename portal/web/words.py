"""The portal's words for where a dossier stands and what may be done with it, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.services.dossiers.lifecycle import Act, Place, Stage, State


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
        Stage.AWAITING_SIGNATURE: _("Trình ký"),
        Stage.ISSUING: _("Chờ đóng dấu, vào số"),
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


def event_sentence(name: str) -> tuple[str, str]:
    """What happened, for the citizen: a title, and a sentence that says who has it now."""
    return {
        "submitted": (_("Đã nộp hồ sơ"), _("Bộ phận một cửa kiểm tra và trả lời trong 8 giờ làm việc.")),
        "received": (_("Đã tiếp nhận"), _("Hồ sơ đủ. Thời hạn giải quyết bắt đầu tính.")),
        "refused": (_("Không tiếp nhận"), _("Lý do và căn cứ pháp lý có trong phiếu kèm theo.")),
        "forwarded": (_("Đã chuyển cơ quan chuyên môn"), _("Chuyên viên sẽ thẩm định hồ sơ.")),
        "assigned": (_("Chuyên viên đã nhận hồ sơ"), _("Chuyên viên đang đối chiếu với cơ sở dữ liệu.")),
        "proposed": (_("Đã trình lãnh đạo"), _("Lãnh đạo xem và ký.")),
        "sent_back": (_("Lãnh đạo yêu cầu xem lại"), _("Chuyên viên xem lại dự thảo.")),
        "approved": (_("Lãnh đạo đã phê duyệt"), _("Văn bản đang được ký số và vào sổ.")),
        "issued": (_("Đã ký số kết quả"), _("Văn bản có giá trị pháp lý từ lúc này.")),
        "result_returned": (_("Đã trả kết quả"), _("Ông/bà xem, tải về và chia sẻ mã kiểm tra được ngay.")),
    }[name]


def role_name(role: str) -> str:
    """In which capacity somebody acted."""
    return {
        "owner": _("Người nộp"),
        "clerk": _("Cán bộ một cửa"),
        "officer": _("Chuyên viên thụ lý"),
        "leader": _("Lãnh đạo ký"),
        "system": _("Hệ thống"),
    }.get(role, role)
