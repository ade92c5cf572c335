"""What a procedure's page says in words of its own: levels, reasons, ways of filing, lines of a fee, what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _

from portal.services.catalogue.fees import Channel, FeeLine
from portal.services.catalogue.handling import Awaited, Level
from portal.services.catalogue.schema import Definition
from portal.web.questions import registry_name
from portal.web.word_filters import channel_words

Say = Callable[[str], str]


def level_of_offices(level: Level) -> str:
    """Which kind of office decides."""
    return {
        "commune": _("Ủy ban nhân dân xã, phường, đặc khu"),
        "province": _("Cơ quan của tỉnh, thành phố"),
        "police": _("Công an xã, phường, đặc khu"),
        "police-province": _("Công an tỉnh, thành phố"),
        "ministry": _("Bộ, cơ quan ngang bộ"),
        "insurance": _("Cơ quan bảo hiểm xã hội"),
        "tax": _("Cơ quan thuế"),
        "employment": _("Trung tâm dịch vụ việc làm"),
    }[level]


def performed_at(levels: Iterable[str]) -> str:
    """The levels of government at which a procedure is performed."""
    names = {"commune": _("cấp xã"), "province": _("cấp tỉnh"), "ministry": _("cấp bộ")}
    return ", ".join(names[level] for level in levels)


def partial_reason_words(kind: str) -> str:
    """The lawful reason for which a procedure is online only in part; empty where there is none."""
    return {
        "presence": _("pháp luật đòi có mặt trực tiếp"),
        "field_verification": _("phải kiểm tra, xác minh tại nơi"),
        "technical_fault": _("hệ thống đang có sự cố kỹ thuật"),
        "other_technical": _("lý do kỹ thuật khác đã công bố"),
    }.get(kind, "")


def channel_description(channel: Channel, definition: Definition) -> str:
    """How one files by a channel, where the procedure says nothing more particular."""
    if channel == "online":
        return _("Khai và nộp trên cổng này, đăng nhập mức độ %(level)s.", level=definition.assurance)
    if channel == "counter":
        return _("Đến bộ phận một cửa; cán bộ giúp nộp trên cổng nếu ông/bà cần.")
    return _("Gửi qua bưu chính công ích đến bộ phận một cửa.")


def collected_words(collected: str) -> str:
    """When a fee is paid."""
    return {
        "on_submission": _("nộp khi gửi hồ sơ"),
        "on_receipt": _("nộp khi hồ sơ được tiếp nhận"),
        "on_return": _("nộp khi nhận kết quả"),
    }[collected]


def line_words(line: FeeLine, say: Say, reasons: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A line of the fee, explained: what is counted, on what it depends, when it is paid, on which ground."""
    rule = line.rule
    notes = [_reason_words(kind, value, say) for kind, value in reasons]
    if rule.at_most_vnd is not None and line.amount_vnd == rule.at_most_vnd:
        notes.append(_("đã tới mức cao nhất"))
    notes.append(collected_words(rule.collected))
    return {
        "label": say(rule.label),
        "kind": {"phí": _("phí"), "lệ phí": _("lệ phí")}[rule.kind],
        "each_vnd": rule.amount_vnd if line.count > 1 else None,
        "count": line.count,
        "amount_vnd": line.amount_vnd,
        "notes": "; ".join(notes),
        "legal_basis": rule.legal_basis,
    }


def _reason_words(kind: str, value: str, say: Say) -> str:
    """On what of a situation a line of the fee depends."""
    if kind == "payer":
        return _("diện: %(name)s", name=say(value))
    if kind == "case":
        return _("trường hợp: %(name)s", name=say(value))
    if kind == "channel":
        return _("cách nộp: %(name)s", name=channel_words(value))
    return _("mức của tỉnh, thành phố nơi giải quyết")


def awaited_words(awaited: Awaited, say: Say) -> dict[str, str]:
    """Something that the portal does not have yet, told to a citizen: what it is, and what that means for them."""
    name = registry_name(awaited.name)
    is_known = name != awaited.name
    title = {
        "registry": _("Cổng chưa kết nối: %(name)s", name=name) if is_known else _("Cổng chưa tự tra cứu được hết"),
        "payment": _("Cổng chưa nhận thanh toán trực tuyến"),
        "write-back": _("Cổng chưa tự gửi kết quả vào cơ sở dữ liệu của ngành"),
        "second-party": _("Người thứ hai chưa xác nhận được trên cổng"),
        "child-dossiers": _("Cổng chưa tự lập các hồ sơ đi kèm"),
    }[awaited.organ]
    return {"title": title, "note": say(awaited.note)}
