"""What the check finds in a procedure's handling: promises not made, papers not needed, rules that contradict."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from portal import clock
from portal.services.catalogue.conditions import Always
from portal.services.catalogue.fees import FeeRule, particularity
from portal.services.catalogue.finding import Finding, Section
from portal.services.catalogue.handling import Component, WriteBack
from portal.services.catalogue.lint_form import looked_up, placed_questions
from portal.services.catalogue.loader import group_keys
from portal.services.catalogue.reckoning import fee_of_case, term_rule
from portal.services.catalogue.schema import Definition, Procedure
from portal.services.catalogue.worlds import outcomes

OFFICE_HOURS_A_DAY = 8
OFFICIAL_NAMES = frozenset({"issued_on", "dossier_code"})
OFFICIAL_FILTERS = ("in_words",)  # which the language of results adds to those of Jinja


def handling_findings(procedure: Procedure, provinces: tuple[str, ...]) -> Iterator[Finding]:
    """Everything outside the form that stands against publishing, for offices in these provinces."""
    yield from _identity(procedure.definition)
    yield from _cases(procedure)
    yield from _names(procedure.definition)
    yield from _terms(procedure.definition)
    yield from _fees(procedure, provinces)
    yield from _process(procedure.definition)
    for component in procedure.definition.components:
        yield from _component(procedure, component)
    yield from _result(procedure)


def _identity(definition: Definition) -> Iterator[Finding]:
    """Source: NĐ 224/2026/NĐ-CP, Điều 14 (partial online only with its published reason); domain list of 5.0."""
    told = {
        "field": (definition.field, "Chưa ghi lĩnh vực."),
        "outcome": (definition.outcome, "Chưa ghi người dân nhận được gì."),
        "who": (definition.who, "Chưa ghi ai được làm thủ tục này."),
        "steps_in_words": (definition.steps_in_words, "Chưa kể các bước thực hiện."),
        "legal_basis": (definition.legal_basis, "Chưa ghi căn cứ pháp lý."),
        "refusal_grounds": (definition.refusal_grounds, "Chưa có căn cứ từ chối nào, nên không thể từ chối đúng luật."),
    }
    for where, (value, words) in told.items():
        if not value:
            yield Finding("identity", where, words)
    if definition.level == "partial" and not (definition.partial_reason and definition.partial_reason_kind):
        yield Finding("identity", "level", "Chỉ một phần trực tuyến, mà chưa công bố lý do thuộc bốn loại luật cho phép.")
    if definition.level == "full" and definition.partial_reason_kind:
        yield Finding("identity", "level", "Đã là toàn trình, thì không còn lý do để chỉ một phần.")
    if definition.valid_to and definition.valid_to < definition.valid_from:
        yield Finding("identity", "valid_to", "Ngày hết hiệu lực đứng trước ngày có hiệu lực.")
    if not definition.competence.by_address and not definition.competence.may_choose:
        yield Finding("identity", "competence", "Không cơ quan nào có thẩm quyền: chưa theo địa chỉ, cũng chưa cho chọn.")
    if "essential_06" in definition.tags and definition.reception.is_paper_allowed:
        yield Finding(
            "reception", "is_paper_allowed", "Dịch vụ thiết yếu không nhận hồ sơ giấy từ 01/10/2025 (Chỉ thị 24/CT-TTg)."
        )


def _cases(procedure: Procedure) -> Iterator[Finding]:
    is_caught = False
    for case in procedure.definition.cases:
        if is_caught:
            yield Finding("cases", case.id, "Không bao giờ tới được: trường hợp đứng trước đã nhận tất cả.")
        elif not isinstance(case.when, Always) and outcomes(procedure, case.when) == {False}:
            yield Finding("cases", case.id, "Không bao giờ tới được: điều kiện không thể xảy ra.")
        is_caught = is_caught or isinstance(case.when, Always)
    if procedure.definition.cases and not is_caught:
        yield Finding("cases", "", "Có hồ sơ không thuộc trường hợp nào. Hãy thêm một trường hợp không điều kiện ở cuối.")
    for payer in procedure.definition.payer_classes:
        if outcomes(procedure, payer.when) == {False}:
            yield Finding("fees", payer.id, "Không ai thuộc diện này: điều kiện không thể xảy ra.")


def _names(definition: Definition) -> Iterator[Finding]:
    """Rules that name a case or a payer's class that the procedure does not have."""
    cases = {case.id for case in definition.cases}
    payers = {payer.id for payer in definition.payer_classes}
    places: tuple[tuple[Section, list[tuple[str, ...]]], ...] = (
        ("fees", [rule.cases for rule in definition.fees]),
        ("terms", [rule.cases for rule in definition.terms]),
        ("process", [step.cases for step in definition.process]),
        ("components", [component.cases for component in definition.components]),
    )
    for section, named in places:
        for number, ids in enumerate(named, 1):
            for unknown in sorted(set(ids) - cases):
                yield Finding(section, str(number), "Nhắc tới trường hợp «%(case)s» không có.", {"case": unknown})
    for number, fee in enumerate(definition.fees, 1):
        for unknown in sorted(set(fee.payer_classes) - payers):
            yield Finding("fees", str(number), "Nhắc tới diện người nộp «%(payer)s» không có.", {"payer": unknown})


def _case_ids(definition: Definition) -> tuple[str, ...]:
    return tuple(case.id for case in definition.cases) or ("",)


def _terms(definition: Definition) -> Iterator[Finding]:
    for channel, case in itertools.product(definition.reception.channels, _case_ids(definition)):
        rule = term_rule(definition, channel, case)
        if rule is None:
            yield Finding(
                "terms", channel, "Không hứa thời hạn nào cho cách nộp này, trường hợp «%(case)s».", {"case": case or "chung"}
            )
            continue
        budget = _office_hours(rule.term)
        hours = sum(step.hours for step in definition.process if not step.cases or case in step.cases)
        if budget is not None and hours > budget:
            facts = {"hours": str(hours), "term": rule.term, "case": case or "chung"}
            yield Finding(
                "process", channel, "Các bước cần %(hours)s giờ làm việc, quá thời hạn %(term)s (trường hợp «%(case)s»).", facts
            )


def _office_hours(term: str) -> int | None:
    """The office hours in a term; None for calendar days, which cannot be reckoned without a calendar."""
    if term == "0":
        return OFFICE_HOURS_A_DAY
    if term.endswith("wd"):
        return int(term[:-2]) * OFFICE_HOURS_A_DAY
    return int(term[:-1]) if term.endswith("h") else None


def _fees(procedure: Procedure, provinces: tuple[str, ...]) -> Iterator[Finding]:
    definition = procedure.definition
    if not definition.fees:
        yield Finding("fees", "", "Chưa nói về lệ phí. Thủ tục miễn phí thì ghi 0 đồng, kèm căn cứ.")
        return
    for channel, case, province in itertools.product(definition.reception.channels, _case_ids(definition), provinces):
        if not fee_of_case(procedure, case, channel=channel, province_code=province, on=clock.today()):
            facts = {"province": province, "case": case or "chung"}
            yield Finding("fees", channel, "Không có dòng lệ phí nào cho tỉnh %(province)s, trường hợp «%(case)s».", facts)
    for one, other in itertools.combinations(definition.fees, 2):
        if _are_rivals(one, other):
            yield Finding("fees", one.charge, "Hai dòng cùng áp dụng như nhau: «%(one)s» và «%(other)s».",
                          {"one": one.label, "other": other.label})  # fmt: skip
    for number, rule in enumerate(definition.fees, 1):
        if rule.valid_to and rule.valid_to < rule.valid_from:
            yield Finding("fees", str(number), "Dòng này hết hiệu lực trước khi có hiệu lực.")


def _are_rivals(one: FeeRule, other: FeeRule) -> bool:
    """Whether two rules of one charge could both apply and neither is more particular."""
    if (one.charge, one.counted_from) != (other.charge, other.counted_from) or particularity(one) != particularity(other):
        return False
    overlap = (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )
    shared = (
        one.province_code == other.province_code,
        bool(set(one.channels) & set(other.channels)),
        not one.cases or bool(set(one.cases) & set(other.cases)),
        not one.payer_classes or bool(set(one.payer_classes) & set(other.payer_classes)),
    )
    return overlap and all(shared)


def _process(definition: Definition) -> Iterator[Finding]:
    roles = {step.role for step in definition.process}
    for role, words in (
        ("officer", "Quy trình nội bộ không có bước thẩm định."),
        ("leader", "Quy trình nội bộ không có bước ký duyệt."),
    ):
        if role not in roles:
            yield Finding("process", role, words)


def _component(procedure: Procedure, component: Component) -> Iterator[Finding]:
    """Source: NĐ 224/2026/NĐ-CP, Điều 18 khoản 4: no component whose data is in a published database."""
    held = [key for key in component.elements if procedure.elements[key].source]
    if component.satisfied_by == "registry":
        if not component.elements:
            yield Finding("components", component.id, "Chưa ghi dữ liệu nào của cơ sở dữ liệu thay cho giấy tờ này.")
        for key in sorted(set(component.elements) - looked_up(procedure)):
            yield Finding(
                "components", component.id, "Giấy tờ này dựa vào «%(element)s», nhưng thủ tục không tra cứu.", {"element": key}
            )
    elif component.satisfied_by == "upload" and not component.legal_ground:
        if held:
            yield Finding(
                "components", component.id, "Đòi giấy tờ mà dữ liệu đã có trong cơ sở dữ liệu. Hãy tra cứu, hoặc nêu căn cứ."
            )
        if component.result_of:
            yield Finding("components", component.id, "Đòi nộp lại kết quả mà cổng đã cấp. Hãy để cổng tự lấy, hoặc nêu căn cứ.")
    elif component.satisfied_by == "earlier_result" and not component.result_of:
        yield Finding("components", component.id, "Chưa ghi kết quả của thủ tục nào thay cho giấy tờ này.")
    if component.must_present and component.satisfied_by != "upload":
        yield Finding("components", component.id, "Giấy tờ đã có sẵn thì không bắt người dân xuất trình.")


def _result(procedure: Procedure) -> Iterator[Finding]:
    result = procedure.definition.result
    for value, words in (
        (result.title, "Kết quả chưa có tên."),
        (result.series, "Kết quả chưa có ký hiệu để đánh số."),
        (result.template, "Kết quả chưa có mẫu."),
    ):
        if not value:
            yield Finding("result", "", words)
    appraised = {question.element for question in procedure.definition.appraisal.questions}
    asked = {question.element for _page, question in placed_questions(procedure)}
    known = appraised | asked | looked_up(procedure) | group_keys(procedure.definition)
    given = {element for fact in result.write_back if fact.before_printing for element in fact.gives}
    for name, element in result.fields.items():
        if element not in known | given:
            yield Finding("result", name, "Mẫu lấy «%(element)s», nhưng không ai cho biết điều đó.", {"element": element})
    for element in sorted(set(procedure.definition.appraisal.prefill.values()) - known):
        yield Finding("appraisal", element, "Thẩm định điền sẵn từ điều không ai cho biết.")
    is_awaited = any(one.organ == "write-back" for one in procedure.definition.awaits)
    for fact in result.write_back:
        yield from _write_back(fact, known, is_awaited=is_awaited)
    yield from _template(result.template, frozenset(result.fields))


def _write_back(fact: WriteBack, known: set[str] | frozenset[str], *, is_awaited: bool) -> Iterator[Finding]:
    """What is written rests on a purpose and a ground, or the procedure says that it awaits it; what the register gives is
    not typed, and is printed by whoever waits.
    """
    if not fact.is_carried_out and not is_awaited:
        yield Finding("result", fact.fact, "Việc ghi ngược chưa ghi mục đích và căn cứ pháp lý.")
    for element in sorted(set(fact.fields.values()) - known):
        yield Finding("result", fact.fact, "Ghi ngược «%(element)s», nhưng không ai cho biết điều đó.", {"element": element})
    for element in sorted(set(fact.gives) & known):
        yield Finding("result", fact.fact, "Cơ sở dữ liệu cho biết «%(element)s», nên không hỏi ai nữa.", {"element": element})
    if fact.gives and not fact.before_printing:
        yield Finding("result", fact.fact, "Điều cơ sở dữ liệu cho biết chỉ in được khi ghi trước khi in.")


def _template(template: str, fields: frozenset[str]) -> Iterator[Finding]:
    environment = ImmutableSandboxedEnvironment()
    environment.filters |= dict.fromkeys(OFFICIAL_FILTERS, str)
    try:
        names: set[str] = meta.find_undeclared_variables(environment.parse(template))
    except TemplateSyntaxError as wrong:
        facts = {"line": str(wrong.lineno), "what": wrong.message or ""}
        yield Finding("result", "template", "Mẫu viết chưa đúng ở dòng %(line)s: %(what)s.", facts)
        return
    for name in sorted(names - fields - OFFICIAL_NAMES):
        yield Finding("result", name, "Mẫu nhắc tới «%(name)s», nhưng kết quả không có trường này.", {"name": name})
