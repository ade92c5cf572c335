"""The portal's words for where a dossier stands and what may be done with it, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

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
        UNASSIGNED: _("Chờ phân công"),
        APPRAISING: _("Đang thẩm định"),
        TO_REQUEST: _("Chờ một cửa gửi yêu cầu bổ sung"),
        CONFIRMATION: _("Chờ người nộp xác nhận bản dự thảo"),
        SIGNATURE: _("Chờ ký"),
        ISSUING: _("Chờ đóng dấu, vào sổ"),
        TO_COMPLETE: _("Chờ bổ sung trước khi tiếp nhận"),
        TO_SUPPLY: _("Chờ bổ sung"),
        SUPPLIED: _("Đã bổ sung, chờ kiểm tra"),
        TO_PREPAY: _("Chờ nộp phí trước khi tiếp nhận"),
        TO_PAY: _("Chờ nộp phí, lệ phí"),
        WITHDRAWING: _("Chờ xác nhận rút hồ sơ"),
        PAUSED: _("Tạm dừng xử lý"),
    }[place]


def act_name(act: Act) -> str:
    """The button of an act."""
    return {
        Act.SUBMIT: _("Nộp hồ sơ"),
        Act.RECEIVE: _("Tiếp nhận"),
        Act.REFUSE: _("Từ chối"),
        Act.TRANSFER: _("Chuyển đúng cơ quan"),
        Act.FORWARD: _("Chuyển xử lý"),
        Act.ASSIGN: _("Nhận thụ lý"),
        Act.REASSIGN: _("Giao chuyên viên khác"),
        Act.PROPOSE_SUPPLEMENTS: _("Đề nghị bổ sung"),
        Act.REQUEST_SUPPLEMENTS: _("Yêu cầu bổ sung"),
        Act.SUPPLY_SUPPLEMENTS: _("Gửi bổ sung"),
        Act.ACCEPT_SUPPLEMENTS: _("Nhận bổ sung"),
        Act.REQUEST_PAYMENT: _("Yêu cầu nộp phí"),
        Act.RECORD_PAYMENT: _("Ghi nhận đã nộp phí"),
        Act.ASK_OPINION: _("Hỏi ý kiến cơ quan khác"),
        Act.GIVE_OPINION: _("Cho ý kiến"),
        Act.RECORD_VERIFICATION: _("Ghi biên bản xác minh"),
        Act.PROPOSE: _("Trình ký"),
        Act.SEND_DRAFT: _("Gửi bản dự thảo cho người nộp"),
        Act.CONFIRM_DRAFT: _("Bản dự thảo đúng"),
        Act.DISPUTE_DRAFT: _("Bản dự thảo có chỗ sai"),
        Act.SEND_BACK: _("Trả lại chuyên viên"),
        Act.APPROVE: _("Phê duyệt và ký số"),
        Act.ISSUE: _("Phát hành"),
        Act.RETURN_RESULT: _("Trả kết quả"),
        Act.EXTEND_DEADLINE: _("Xin lỗi, hẹn lại"),
        Act.RECALCULATE: _("Tính lại ngày hẹn"),
        Act.STOP: _("Dừng xử lý"),
        Act.RESUME: _("Xử lý tiếp"),
        Act.WITHDRAW: _("Rút hồ sơ"),
        Act.CONFIRM_WITHDRAWAL: _("Xác nhận rút hồ sơ"),
    }[act]


def event_name(name: str) -> str:
    """What happened, in the history of a dossier."""
    return {
        "submitted": _("Đã nộp hồ sơ"),
        "received": _("Đã tiếp nhận"),
        "refused": _("Không tiếp nhận"),
        "transferred": _("Đã chuyển đúng cơ quan"),
        "forwarded": _("Đã chuyển cơ quan chuyên môn"),
        "assigned": _("Đã có chuyên viên thụ lý"),
        "reassigned": _("Đã giao chuyên viên khác"),
        "supplements_proposed": _("Chuyên viên đề nghị bổ sung"),
        "supplements_requested": _("Đã yêu cầu bổ sung"),
        "supplements_supplied": _("Người nộp đã gửi bổ sung"),
        "supplements_accepted": _("Đã nhận đủ bổ sung, tính lại thời hạn"),
        "payment_requested": _("Đã yêu cầu nộp phí, lệ phí"),
        "payment_recorded": _("Đã nộp phí, lệ phí"),
        "opinion_asked": _("Đã hỏi ý kiến cơ quan phối hợp"),
        "opinion_given": _("Cơ quan phối hợp đã cho ý kiến"),
        "verification_recorded": _("Đã xác minh, có biên bản"),
        "proposed": _("Đã trình lãnh đạo"),
        "draft_sent": _("Đã gửi bản dự thảo để xác nhận"),
        "draft_confirmed": _("Bản dự thảo được xác nhận"),
        "draft_disputed": _("Người nộp báo bản dự thảo có chỗ sai"),
        "sent_back": _("Lãnh đạo yêu cầu xem lại"),
        "approved": _("Lãnh đạo đã phê duyệt"),
        "issued": _("Đã ký số kết quả"),
        "result_returned": _("Đã trả kết quả"),
        "deadline_extended": _("Đã xin lỗi và hẹn lại"),
        "deadline_recalculated": _("Lịch làm việc đổi, ngày hẹn được tính lại"),
        "stopped": _("Đã dừng xử lý"),
        "resumed": _("Đã xử lý tiếp"),
        "withdrawal_requested": _("Người nộp rút hồ sơ"),
        "withdrawal_confirmed": _("Đã xác nhận rút hồ sơ"),
    }[name]


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
