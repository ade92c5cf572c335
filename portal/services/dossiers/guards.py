"""What may stand against a move although role and place are right: each guard says why, in words for whoever is refused."""

from __future__ import annotations

from collections.abc import Callable

from portal.auth.permissions import Actor
from portal.services.dossiers.vocabulary import Facts

Guard = Callable[[Facts, Actor], str | None]


def answers_complete(facts: Facts, actor: Actor) -> str | None:
    """Every question is answered and the declaration is made."""
    return None if facts.answers_are_complete else "Hồ sơ còn câu hỏi chưa trả lời."


def papers_attached(facts: Facts, actor: Actor) -> str | None:
    """Every paper that the procedure wants from the citizen is attached, or stands in their vault."""
    return None if facts.papers_are_attached else "Hồ sơ còn thiếu giấy tờ kèm theo."


def not_own_dossier(facts: Facts, actor: Actor) -> str | None:
    """Nobody decides on themself or on a member of their household."""
    if actor.is_one_of(facts.owner_id) or actor.subject_hash in facts.household_hashes | {facts.subject_hash}:
        return "Ông/bà không được giải quyết hồ sơ của chính mình hoặc của người cùng hộ."
    return None


def assigned_here(facts: Facts, actor: Actor) -> str | None:
    """Only the officer who holds the dossier appraises it, or whoever stands in for them while they are away."""
    is_theirs = actor.is_one_of(facts.assigned_to) or facts.assigned_to in actor.stands_in_for
    return None if is_theirs else "Hồ sơ đang do chuyên viên khác thụ lý."


def four_eyes(facts: Facts, actor: Actor) -> str | None:
    """Whoever received a dossier or ever had a hand in appraising it cannot sign it."""
    if actor.is_one_of(facts.received_by, facts.proposed_by, facts.assigned_to, *facts.appraised_by):
        return "Người đã tiếp nhận hoặc thẩm định không được ký cùng hồ sơ."
    return None


def result_signed(facts: Facts, actor: Actor) -> str | None:
    """A dossier finishes only with its signed document."""
    return None if facts.result_is_signed else "Kết quả chưa được ký số."


def delivery_fits(facts: Facts, actor: Actor) -> str | None:
    """The portal itself returns only results that were asked for electronically."""
    if actor.is_system and not facts.is_delivered_electronically:
        return "Người nộp chọn nhận kết quả tại quầy."
    return None


def not_extended(facts: Facts, actor: Actor) -> str | None:
    """Another day is promised at most once.

    Source: NĐ 118/2025/NĐ-CP, kept from NĐ 61/2018/NĐ-CP, Điều 19 (re-appointment at most once).
    """
    return "Hồ sơ đã hẹn lại một lần, không được hẹn lại nữa." if facts.was_extended else None


def window_over(facts: Facts, actor: Actor) -> str | None:
    """What waits for the citizen is ended for their silence only when their time is over."""
    if facts.waits_until is None or facts.now is None or facts.now <= facts.waits_until:
        return "Thời hạn của người nộp chưa hết."
    return None


def window_open(facts: Facts, actor: Actor) -> str | None:
    """Whoever was given a time to answer answers within it; without a time, at any time."""
    if facts.waits_until is not None and facts.now is not None and facts.now > facts.waits_until:
        return "Thời hạn trả lời đã hết."
    return None


def opinions_in(facts: Facts, actor: Actor) -> str | None:
    """Nothing is proposed while another office's opinion is awaited and its time is not over."""
    return "Còn chờ ý kiến của cơ quan phối hợp." if facts.opinion_is_awaited else None


def not_own_question(facts: Facts, actor: Actor) -> str | None:
    """Whoever appraises a dossier does not answer for the other office whose opinion was asked."""
    if actor.is_one_of(facts.assigned_to, *facts.appraised_by):
        return "Người thụ lý không trả lời thay cơ quan được hỏi ý kiến."
    return None


def not_paid_before(facts: Facts, actor: Actor) -> str | None:
    """The fee is asked for once."""
    return "Hồ sơ này đã nộp đủ phí, lệ phí." if facts.is_paid else None


def silence_or_owner(facts: Facts, actor: Actor) -> str | None:
    """The portal takes silence for consent only when the citizen's day is over; the citizen says so at any time."""
    return window_over(facts, actor) if actor.is_system else None


def not_own_draft(facts: Facts, actor: Actor) -> str | None:
    """Whoever appraised a dossier does not answer its draft result at the owner's side."""
    if actor.assists and actor.is_one_of(facts.proposed_by, facts.assigned_to, *facts.appraised_by):
        return "Người thẩm định không được trả lời bản dự thảo thay người nộp. Xin nhờ cán bộ khác giúp."
    return None


def draft_goes_to_citizen(facts: Facts, actor: Actor) -> str | None:
    """The draft result is sent only where the procedure lets the citizen confirm it."""
    return None if facts.confirms_draft else "Thủ tục này không gửi bản dự thảo cho người nộp xác nhận."


def draft_stays_inside(facts: Facts, actor: Actor) -> str | None:
    """Where the citizen confirms the draft result, it is not signed before they have read it."""
    return "Thủ tục này phải gửi bản dự thảo cho người nộp xác nhận trước." if facts.confirms_draft else None
