from __future__ import annotations

from pathlib import Path

import pytest

from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.file_format import from_format_1, load_yaml, plain, read, write
from portal.services.catalogue.loader import content_hash, parse, procedure_of, shipped_files, texts_for
from portal.services.catalogue.texts import texts_of
from tests.procedures import edited, replaced, shipped_text, the_procedure

FORMAT_1 = Path(__file__).with_name("format_1")


def folder_of_format_1() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in FORMAT_1.iterdir()}


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_shipped_file_is_read_and_written_again_to_the_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert write(read(text)) == text


def test_folder_of_the_first_format_still_makes_the_same_procedure() -> None:
    old, new = from_format_1(folder_of_format_1()), the_procedure().definition
    assert old.pages == new.pages
    assert old.lookups == new.lookups
    assert old.result.template == new.result.template
    assert [fee.amount_vnd for fee in old.fees] == [3000]
    assert set(texts_of(old)) <= set(old.english)


def test_version_published_in_the_first_format_is_still_read_under_its_own_hash() -> None:
    files = folder_of_format_1()
    procedure = parse(files)
    assert procedure.content_hash == content_hash(files)
    assert procedure.elements["subject.full_name"].is_locked


def test_written_file_forgets_only_english_that_nothing_needs_any_more() -> None:
    definition = edited(lambda data: data.update(name="Thủ tục tên khác"))
    assert "Cấp Giấy xác nhận tình trạng hôn nhân" not in plain(definition)["english"]
    assert plain(definition)["english"]["Hộ tịch"] == "Civil status"


@pytest.mark.parametrize(
    ("change", "place", "word"),
    [
        (("term: 3wd", "term: soon"), "terms[1].term", "không đúng dạng"),
        (("code: '1.004873'", "code: '9.1'"), "code", "không đúng dạng"),
        (("amount_vnd: 3000", "amount_vnd: 3000.5"), "fees[1].amount_vnd", "số nguyên"),
        (("amount_vnd: 3000", "amount: 3000"), "fees[1].amount_vnd", "Thiếu"),
        (("amount_vnd: 3000", "amount_vnd: 3000\n    colour: red"), "fees[1].colour", "không biết"),
        (("equals: other", "eval: 1 + 1"), "pages[1].questions[2].when", "Điều kiện"),
        (("role: officer", "role: king"), "process[2].role", "một trong"),
        (("valid_from: 2025-07-01", "valid_from: hôm qua"), "fees[1].valid_from", "ngày"),
        (("format: 2", "format: 9"), "format", "9"),
        (("code: '1.004873'", "code: 1.004873"), "code", "ngoặc kép"),
    ],
    ids=str,
)
def test_fault_is_told_with_its_place_in_the_file(change: tuple[str, str], place: str, word: str) -> None:
    with pytest.raises(BadProcedure) as told:
        replaced(change)
    assert any(fault.where == place and word in fault.what for fault in told.value.faults), told.value.faults


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("- element: certificate.copies", "- element: certificate.kopies"), "certificate.kopies"),
        (("registry: civil-status\n", "registry: population\n"), "subject.marital_status"),
        (("id: end-of-marriage\n", "id: declaration\n"), "declaration"),
    ],
    ids=str,
)
def test_file_that_names_what_nobody_has_is_refused(change: tuple[str, str], told: str) -> None:
    with pytest.raises(BadProcedure, match=told):
        procedure_of(replaced(change))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "just words",
        "a: 1\na: 2",
        "format: 2\n\tcode: x",
        "a: &x [1]\nb: *x",
        "{" * 3000,
        "a: !!python/object:os.system x",
        "\x00",
        "format: 2\ncode: '1.000001'\nname: " + "x" * 1_000_001,
        "format: {format: 2}",
        "a: 2026-99-99",
    ],
    ids=lambda text: text[:20],
)
def test_text_that_is_no_procedure_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadProcedure) as told:
        read(text)
    assert str(told.value)


def test_billion_laughs_are_not_laughed() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20))
    with pytest.raises(BadProcedure, match="tham chiếu"):
        load_yaml(bomb)


def test_procedure_may_bring_elements_of_its_own_but_not_under_a_shared_name() -> None:
    own = {"kind": "text", "label": {"vi": "Tên quán", "en": "Shop name"}}
    text = shipped_text().replace("english:\n", f"elements:\n  shop.name: {own}\nenglish:\n".replace("'", '"'))
    assert procedure_of(read(text)).elements["shop.name"].label.en == "Shop name"
    with pytest.raises(BadProcedure, match=r"subject\.full_name"):
        procedure_of(read(text.replace("shop.name", "subject.full_name")))


def test_version_keeps_the_dictionary_as_it_was() -> None:
    texts = texts_for(the_procedure().definition)
    relabelled = {**texts, "elements.yaml": texts["elements.yaml"].replace("Giới tính", "Phái")}
    assert parse(relabelled).elements["subject.sex"].label.vi == "Phái"
    assert content_hash(relabelled) != content_hash(texts)
