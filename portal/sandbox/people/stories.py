"""The people with a story: the same in every simulation, whatever the seed, so that tests and demos can name them."""

from __future__ import annotations

from portal.sandbox.people.addresses import address_in
from portal.sandbox.people.make import Maker, adopt, first_day
from portal.sandbox.people.model import VIET_NAM, Household, Person, Stay
from portal.sandbox.people.names import GROUPS
from portal.sandbox.people.territory import BA_DINH, HOAN_KIEM, WARDS, Ward

_BA_DINH_OFFICE = "UBND phường Trúc Bạch, quận Ba Đình, thành phố Hà Nội"
_HOAN_KIEM_OFFICE = "UBND phường Hàng Bạc, quận Hoàn Kiếm, thành phố Hà Nội"


class Told:
    """Writes named people into a population."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker

    def person(self, personal_id: str, full_name: str, birth: str, *, group: str = "01", **facts: object) -> Person:
        """A person with exactly these facts; the rest is empty or the usual."""
        order = len(self.maker.people)
        told = Person(
            personal_id=personal_id,
            full_name=full_name,
            birth=birth,
            sex="female" if int(personal_id[3]) % 2 else "male",
            birth_code=personal_id[:3],
            origin_code=personal_id[:3],
            ethnicity=(group, GROUPS[group].name) if group in GROUPS else ("55", "Người nước ngoài"),
            order=order,
            phone=f"0900000{order % 100:03d}",
            email=f"chuyen.{personal_id[-6:]}.{order}@cong-dan.example",
        )
        for name, value in facts.items():
            setattr(told, name, value)
        if told.nationality == (VIET_NAM,) and told.father is None:
            self.maker.unknown_parents(told, 1.0)
        self.maker.people.append(told)
        return told

    def home(self, ward: Ward, detail: str, since: str, *members: Person) -> Household:
        """A household of these members, who all came on the day `since` or were born there later."""
        house = Household(f"{ward.code}-9{len(self.maker.people):05d}", address_in(ward, detail, since))
        for member in members:
            house.members.append(member)
            member.household = house
            start = first_day(member)
            came = max(since, start)
            earlier = member.stays or ([Stay(_before(ward, start), start)] if came > start else [])
            for stay in earlier:
                stay.until = stay.until or came
            member.stays = [*earlier, Stay(house.address, came)]
        return house


def _before(ward: Ward, start: str):  # type: ignore[no-untyped-def]
    other = HOAN_KIEM if ward is BA_DINH else BA_DINH
    return address_in(other, "Số 9, phố Giấy Dó", start)


def tell_stories(maker: Maker) -> None:
    """Everybody with a story, in the order in which they are listed."""
    told = Told(maker)
    _marital(told)
    _accounts(told)
    _names_and_births(told)


def _marital(told: Told) -> None:
    single = told.person(
        "001198900001", "Nguyễn Thu Hà", "1998-03-14", story="Chưa kết hôn lần nào; dân cư và hộ tịch khớp nhau."
    )
    told.home(BA_DINH, "Số 12, ngõ 5, phố Diều Sáo", "1998-03-14", single)
    _married_family(told)
    _divorced_with_stale_field(told)
    _widower(told)
    _refused(told)


def _married_family(told: Told) -> None:
    husband = told.person("001088900002", "Trần Minh Quân", "1988-07-22", story="Đang có vợ; hai nguồn dữ liệu khớp nhau.")
    wife = told.person("001190900003", "Lê Thị Thanh Vân", "1990-11-05", story="Vợ ông Trần Minh Quân, mẹ của một cháu.")
    told.maker.marry(husband, wife, "2012-10-20", _BA_DINH_OFFICE)
    minor = told.person(
        "001313900010",
        "Trần Gia Hân",
        "2013-08-01",
        story="Chưa đủ 18 tuổi, có tài khoản mức 2 do cha mẹ đăng ký.",
        father=husband,
    )
    minor.father = None
    adopt(minor, wife, husband)
    told.home(BA_DINH, "Số 27, phố Đèn Ông Sao", "2012-11-01", husband, wife, minor)


def _divorced_with_stale_field(told: Told) -> None:
    wife = told.person(
        "034185900004",
        "Phạm Thị Bích Ngọc",
        "1985-05-19",
        story="Đã ly hôn theo hộ tịch, nhưng dữ liệu dân cư vẫn ghi đang có chồng; quê Thái Bình cũ.",
        stale_marital_status="married",
    )
    husband = told.person("034083900005", "Vũ Đức Thịnh", "1983-01-30", story="Chồng cũ của bà Phạm Thị Bích Ngọc.")
    told.maker.divorce(told.maker.marry(husband, wife, "2010-03-12", _HOAN_KIEM_OFFICE), "2023-06-15")
    thai_binh = WARDS["13225"]
    for person in (wife, husband):
        person.stays = [Stay(address_in(thai_binh, "Số 3, đường Cỏ May", person.birth), person.birth)]
    told.home(HOAN_KIEM, "Số 41, phố Tò He", "2010-04-01", wife)
    told.home(HOAN_KIEM, "Số 8, ngõ 12, đường Mưa Bụi", "2023-07-01", husband)


def _widower(told: Told) -> None:
    widower = told.person(
        "030058900006", "Hoàng Văn Lâm", "1958-02-10", story="Vợ đã mất; sinh ở Hải Dương cũ, nay thuộc Hải Phòng."
    )
    gone = told.person(
        "001160900007", "Đỗ Thị Nhàn", "1960-09-09", story="Đã mất năm 2021; tài khoản đã đóng, không đăng nhập được."
    )
    told.maker.marry(widower, gone, "1984-12-02", _HOAN_KIEM_OFFICE)
    told.home(HOAN_KIEM, "Số 66, phố Trống Cơm", "1985-01-10", widower, gone)
    told.maker.die(gone, "2021-08-17")
    assert gone.household is not None
    gone.household.members.remove(gone)
    gone.household = None
    gone.stays[-1].until = "2021-08-17"


def _refused(told: Told) -> None:
    refused = told.person(
        "001092900008",
        "Đặng Quốc Việt",
        "1992-09-30",
        story="Xin xác nhận để kết hôn nhưng hộ tịch ghi đang có vợ (dân cư ghi chưa kết hôn): hồ sơ bị từ chối.",
        stale_marital_status="never_married",
    )
    wife = told.person("001194900009", "Bùi Thị Lan Anh", "1994-04-18", story="Vợ ông Đặng Quốc Việt theo sổ hộ tịch.")
    told.maker.marry(refused, wife, "2019-02-14", _BA_DINH_OFFICE)
    told.home(BA_DINH, "Số 105, đường Sao Hôm", "1992-09-30", refused)
    told.home(HOAN_KIEM, "Số 17, phố Mực Tím", "1994-04-18", wife)


def _accounts(told: Told) -> None:
    locked = told.person(
        "001079900011", "Ngô Mạnh Cường", "1979-12-01", account="locked", story="Tài khoản định danh đang bị khóa."
    )
    told.home(BA_DINH, "Số 90, đường Trăng Non", "1979-12-01", locked)
    foreigner = told.person(
        "310082900012",
        "TANAKA HIROSHI",
        "1982-04-04",
        group="55",
        nationality=(("JP", "Nhật Bản"),),
        story="Người nước ngoài (Nhật Bản) có thẻ thường trú, tài khoản mức 2.",
    )
    foreigner.stays = []
    told.home(BA_DINH, "Số 33, phố Hoa Giấy", "2016-05-20", foreigner)
    foreigner.stays = foreigner.stays[-1:]
    level_1 = told.person(
        "019175900013", "Lý Thị Thơm", "1975-08-08", assurance=1, story="Chỉ có tài khoản mức 1, chưa làm được mức 2."
    )
    told.home(HOAN_KIEM, "Số 52, phố Cánh Buồm Nâu", "2001-09-01", level_1)
    outside = told.person(
        "045090900021", "Lê Văn Sông", "1990-06-06", story="Thường trú ở Quảng Trị, ngoài hai phường mà cổng phục vụ."
    )
    told.home(WARDS["19363"], "Số 4, đường Cỏ May", "1990-06-06", outside)
    _guardian_and_ward(told)


def _guardian_and_ward(told: Told) -> None:
    guardian = told.person(
        "038170900022", "Mai Thị Xuân", "1970-10-20", story="Người giám hộ của cháu Mai Đức Duy, cha mẹ cháu đã mất."
    )
    ward = told.person(
        "001215900023",
        "Mai Đức Duy",
        "2015-03-03",
        assurance=1,
        story="Trẻ mồ côi, có người giám hộ là bà Mai Thị Xuân.",
    )
    ward.guardian = guardian
    guardian.wards.append(ward)
    told.home(HOAN_KIEM, "Số 71, phố Giấy Dó", "1996-01-01", guardian, ward)


def _names_and_births(told: Told) -> None:
    year_only = told.person(
        "017050900014",
        "Bùi Văn Tý",
        "1950",
        group="06",
        story="Giấy tờ chỉ ghi năm sinh; sinh ở Hòa Bình cũ, dân tộc Mường.",
    )
    told.home(BA_DINH, "Số 19, phố Lá Bàng Đỏ", "1978-01-01", year_only)
    one_word = told.person(
        "010096900015", "Páo", "1996-01-15", group="08", story="Tên chỉ có một từ; sinh ở Lào Cai, dân tộc Mông."
    )
    told.home(HOAN_KIEM, "Số 23, phố Chuồn Chuồn Tre", "2018-09-05", one_word)
    long_name = told.person(
        "046193900016",
        "Công Tằng Tôn Nữ Hoàng Thiên Bảo Ngọc Diễm Quỳnh Phương Khánh An",
        "1993-11-23",
        story="Tên rất dài; sinh ở Thừa Thiên Huế cũ.",
    )
    told.home(BA_DINH, "Số 77, phố Trống Cơm", "2015-08-01", long_name)
    first, second = (
        told.person(
            number,
            "Nguyễn Thị Minh Anh",
            "2000-10-10",
            old_id_number="019900017",
            story="Chị em sinh đôi trùng họ tên, ngày sinh và cả số CMND cũ; chỉ khác số định danh.",
        )
        for number in ("001300900017", "001300900018")
    )
    told.home(HOAN_KIEM, "Số 30, đường Mây Trắng", "2000-10-10", first, second)
    apostrophe = told.person(
        "066199900019", "H'Linh Niê", "1999-05-05", group="12", story="Tên người Ê-đê có dấu nháy; sinh ở Đắk Lắk."
    )
    told.home(BA_DINH, "Số 61, đường Bồ Công Anh", "2021-03-01", apostrophe)
    disagrees = told.person(
        "038187900020",
        "Trịnh Thị Hường",
        "1987-02-02",
        eid_full_name="Trịnh Thị Hương",
        story="Tên trên tài khoản định danh (Hương) khác tên trong dữ liệu dân cư (Hường).",
    )
    told.home(HOAN_KIEM, "Số 85, phố Tò He", "2009-07-15", disagrees)
