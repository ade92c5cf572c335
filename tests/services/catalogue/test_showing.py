"""What a register holds as a record is read by people: addresses and periods in words, no codes."""

from __future__ import annotations

from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.showing import show

HOME = {
    "country": "VN",
    "province_code": "01",
    "province_name": "Thành phố Hà Nội",
    "ward_code": "00004",
    "ward_name": "Phường Ba Đình",
    "detail": "Số 61, đường Bồ Công Anh",
    "as_entered_text": "Số 61, phường Trúc Bạch, quận Ba Đình",
}


def test_places_of_residence_are_told_by_address_and_period_without_codes() -> None:
    stays = [{"address": HOME, "from": "2001-09-01", "to": "2021-03-01"}, {"address": HOME, "from": "2021-03-01", "to": None}]
    place = "Số 61, đường Bồ Công Anh, Phường Ba Đình, Thành phố Hà Nội"
    told = show(dictionary()["subject.residence_history"], stays, "vi")
    assert told == f"{place}, 01/09/2001–01/03/2021; {place}, 01/03/2021–"


def test_record_without_a_period_is_told_as_its_facts() -> None:
    told = show(dictionary()["licence.restrictions"], {"kind": "tạm giữ", "on": "2026-11-01", "until": None}, "vi")
    assert told == "tạm giữ, 01/11/2026"


def test_clean_record_is_told_as_nothing_found() -> None:
    record = dictionary()["record.entries"]
    assert (show(record, [], "vi"), show(record, [], "en")) == ("Không có", "None")


def test_numbers_of_a_land_certificate_say_what_they_are() -> None:
    certificate = {"number": "MAU 01", "sheet": 20, "parcel": 234, "area_m2": 124.5, "is_new": True, "mortgage": None}
    record = dictionary()["dwelling.land_certificate"]
    assert show(record, [certificate], "vi") == "MAU 01, tờ bản đồ 20, thửa 234, 124.5 m²"
    assert show(record, [certificate], "en") == "MAU 01, sheet 20, parcel 234, 124.5 m²"


def test_money_of_a_record_is_money() -> None:
    assert show(dictionary()["business.existing"], {"name": "HKD Mẫu", "capital_vnd": 52000000}) == "HKD Mẫu, 52.000.000 đồng"
