"""The portal's words for where a dossier stands and what may be done with it, in the page's language."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from portal.services.dossiers.vocabulary import (
    APPRAISING,
    CONFIRMATION,
    ISSUING,
    PAUSED,
    SIGNATURE,
    SUPPLIED,
    TO_COMPLETE,
    TO_PAY,
    TO_PREPAY,
    TO_REQUEST,
    TO_SUPPLY,
    UNASSIGNED,
    WITHDRAWING,
    Act,
    Place,
    State,
)

STATE_NAMES: dict[State, LazyString] = {
    State.DRAFT: N_("Bản nháp"),
    State.SUBMITTED: N_("Mới đăng ký"),
    State.RECEIVED: N_("Được tiếp nhận"),
    State.NOT_RECEIVED: N_("Không được tiếp nhận"),
    State.IN_PROCESSING: N_("Đang xử lý"),
    State.SUPPLEMENT_REQUESTED: N_("Yêu cầu bổ sung giấy tờ"),
    State.PAYMENT_REQUESTED: N_("Yêu cầu thực hiện nghĩa vụ tài chính"),
    State.WITHDRAWN: N_("Công dân yêu cầu rút hồ sơ"),
    State.STOPPED: N_("Dừng xử lý"),
    State.FINISHED: N_("Đã xử lý xong"),
    State.RETURNED: N_("Đã trả kết quả"),
}


def state_name(state: str) -> str:
    """The exact name of a status, as the national portal writes it."""
    return str(STATE_NAMES[State(state)])


PLACE_NAMES: dict[Place, LazyString] = {
    UNASSIGNED: N_("Chờ phân công"),
    APPRAISING: N_("Đang thẩm định"),
    TO_REQUEST: N_("Chờ một cửa gửi yêu cầu bổ sung"),
    CONFIRMATION: N_("Chờ người nộp xác nhận bản dự thảo"),
    SIGNATURE: N_("Chờ ký"),
    ISSUING: N_("Chờ đóng dấu, vào sổ"),
    TO_COMPLETE: N_("Chờ bổ sung trước khi tiếp nhận"),
    TO_SUPPLY: N_("Chờ bổ sung"),
    SUPPLIED: N_("Đã bổ sung, chờ kiểm tra"),
    TO_PREPAY: N_("Chờ nộp phí trước khi tiếp nhận"),
    TO_PAY: N_("Chờ nộp phí, lệ phí"),
    WITHDRAWING: N_("Chờ xác nhận rút hồ sơ"),
    PAUSED: N_("Tạm dừng xử lý"),
}


def place_name(place: Place) -> str:
    """Where a dossier stands, for those who work on it."""
    if place.stage is None:
        return state_name(place.state)
    return str(PLACE_NAMES[place])


ACT_NAMES: dict[Act, LazyString] = {
    Act.SUBMIT: N_("Nộp hồ sơ"),
    Act.RECEIVE: N_("Tiếp nhận"),
    Act.REFUSE: N_("Từ chối"),
    Act.TRANSFER: N_("Chuyển đúng cơ quan"),
    Act.FORWARD: N_("Chuyển xử lý"),
    Act.ASSIGN: N_("Nhận thụ lý"),
    Act.REASSIGN: N_("Giao chuyên viên khác"),
    Act.PROPOSE_SUPPLEMENTS: N_("Đề nghị bổ sung"),
    Act.REQUEST_SUPPLEMENTS: N_("Yêu cầu bổ sung"),
    Act.SUPPLY_SUPPLEMENTS: N_("Gửi bổ sung"),
    Act.ACCEPT_SUPPLEMENTS: N_("Nhận bổ sung"),
    Act.REQUEST_PAYMENT: N_("Yêu cầu nộp phí"),
    Act.RECORD_PAYMENT: N_("Ghi nhận đã nộp phí"),
    Act.ASK_OPINION: N_("Hỏi ý kiến cơ quan khác"),
    Act.GIVE_OPINION: N_("Cho ý kiến"),
    Act.RECORD_VERIFICATION: N_("Ghi biên bản xác minh"),
    Act.PROPOSE: N_("Trình ký"),
    Act.SEND_DRAFT: N_("Gửi bản dự thảo cho người nộp"),
    Act.CONFIRM_DRAFT: N_("Bản dự thảo đúng"),
    Act.DISPUTE_DRAFT: N_("Bản dự thảo có chỗ sai"),
    Act.SEND_BACK: N_("Trả lại chuyên viên"),
    Act.APPROVE: N_("Phê duyệt và ký số"),
    Act.ISSUE: N_("Phát hành"),
    Act.TAKE_BACK: N_("Trở lại chờ ký"),
    Act.RETURN_RESULT: N_("Trả kết quả"),
    Act.EXTEND_DEADLINE: N_("Xin lỗi, hẹn lại"),
    Act.RECALCULATE: N_("Tính lại ngày hẹn"),
    Act.STOP: N_("Dừng xử lý"),
    Act.RESUME: N_("Xử lý tiếp"),
    Act.WITHDRAW: N_("Rút hồ sơ"),
    Act.CONFIRM_WITHDRAWAL: N_("Xác nhận rút hồ sơ"),
}


def act_name(act: Act) -> str:
    """The button of an act."""
    return str(ACT_NAMES[act])


EVENT_NAMES: dict[str, LazyString] = {
    "submitted": N_("Đã nộp hồ sơ"),
    "received": N_("Đã tiếp nhận"),
    "refused": N_("Không tiếp nhận"),
    "transferred": N_("Đã chuyển đúng cơ quan"),
    "forwarded": N_("Đã chuyển cơ quan chuyên môn"),
    "assigned": N_("Đã có chuyên viên thụ lý"),
    "reassigned": N_("Đã giao chuyên viên khác"),
    "supplements_proposed": N_("Chuyên viên đề nghị bổ sung"),
    "supplements_requested": N_("Đã yêu cầu bổ sung"),
    "supplements_supplied": N_("Người nộp đã gửi bổ sung"),
    "supplements_accepted": N_("Đã nhận đủ bổ sung, tính lại thời hạn"),
    "payment_requested": N_("Đã yêu cầu nộp phí, lệ phí"),
    "payment_recorded": N_("Đã nộp phí, lệ phí"),
    "opinion_asked": N_("Đã hỏi ý kiến cơ quan phối hợp"),
    "opinion_given": N_("Cơ quan phối hợp đã cho ý kiến"),
    "verification_recorded": N_("Đã xác minh, có biên bản"),
    "proposed": N_("Đã trình lãnh đạo"),
    "draft_sent": N_("Đã gửi bản dự thảo để xác nhận"),
    "draft_confirmed": N_("Bản dự thảo được xác nhận"),
    "draft_disputed": N_("Người nộp báo bản dự thảo có chỗ sai"),
    "sent_back": N_("Lãnh đạo yêu cầu xem lại"),
    "approved": N_("Lãnh đạo đã phê duyệt"),
    "issued": N_("Đã ký số kết quả"),
    "taken_back": N_("Cơ sở dữ liệu từ chối ghi, hồ sơ trở lại chờ ký"),
    "result_returned": N_("Đã trả kết quả"),
    "deadline_extended": N_("Đã xin lỗi và hẹn lại"),
    "deadline_recalculated": N_("Lịch làm việc đổi, ngày hẹn được tính lại"),
    "stopped": N_("Đã dừng xử lý"),
    "resumed": N_("Đã xử lý tiếp"),
    "withdrawal_requested": N_("Người nộp rút hồ sơ"),
    "withdrawal_confirmed": N_("Đã xác nhận rút hồ sơ"),
}


def event_name(name: str) -> str:
    """What happened, in the history of a dossier."""
    return str(EVENT_NAMES[name])


def ending_sentence(state: State) -> str:
    """What an ended dossier means for the citizen now."""
    return {
        State.NOT_RECEIVED: _("Lý do và căn cứ pháp lý có trong phiếu từ chối. Khi đã sửa, mời ông/bà nộp hồ sơ khác."),
        State.WITHDRAWN: _("Hồ sơ đã rút. Khi cần, mời ông/bà nộp hồ sơ khác."),
        State.STOPPED: _("Lý do có trong thông báo dừng. Khi đã khắc phục, mời ông/bà nộp hồ sơ khác."),
        State.RETURNED: _("Ông/bà xem, tải về và đưa mã kiểm tra cho người cần xem được ngay."),
    }.get(state, "")


def waiting_words(place: Place, *, is_electronic: bool) -> tuple[str, str]:
    """What a dossier waits for, for the citizen: who does what now, and what follows."""
    if place.state is State.FINISHED and not is_electronic:
        return _("Kết quả đã có, mời ông/bà đến nhận"), _("Khi đến bộ phận một cửa, xin mang giấy hẹn và thẻ căn cước.")
    if place.stage is not None:
        return {
            UNASSIGNED: (_("Chờ chuyên viên nhận hồ sơ"), ""),
            APPRAISING: (_("Chuyên viên thẩm định"), _("Chuyên viên đối chiếu lời khai với cơ sở dữ liệu.")),
            TO_REQUEST: (_("Chuyên viên thấy còn thiếu"), _("Bộ phận một cửa sẽ báo ông/bà cần bổ sung gì.")),
            CONFIRMATION: (_("Ông/bà xem bản dự thảo"), _("Ông/bà có một ngày làm việc để báo chỗ sai. Im lặng là đồng ý.")),
            SIGNATURE: (_("Lãnh đạo xem và ký"), _("Chuyên viên đã trình văn bản.")),
            ISSUING: (_("Ký số, vào sổ"), _("Cổng báo ngay khi ký xong.")),
            TO_COMPLETE: (_("Ông/bà bổ sung hồ sơ"), _("Bổ sung xong, bộ phận một cửa kiểm tra lại.")),
            TO_SUPPLY: (
                _("Ông/bà bổ sung hồ sơ"),
                _("Trong lúc chờ, thời hạn ngừng tính. Bổ sung đủ, thời hạn tính lại từ đầu."),
            ),
            SUPPLIED: (_("Bộ phận một cửa kiểm tra phần bổ sung"), _("Đủ thì ông/bà nhận giấy hẹn mới.")),
            TO_PREPAY: (_("Ông/bà nộp phí, lệ phí"), _("Nộp xong, bộ phận một cửa tiếp nhận hồ sơ.")),
            TO_PAY: (_("Ông/bà nộp phí, lệ phí"), _("Trong lúc chờ, thời hạn ngừng tính.")),
            WITHDRAWING: (_("Bộ phận một cửa xác nhận việc rút"), _("Giấy tờ của ông/bà được trả lại.")),
            PAUSED: (_("Hồ sơ đang tạm dừng"), _("Lý do có trong thông báo dừng. Thời hạn ngừng tính.")),
        }[place]
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
