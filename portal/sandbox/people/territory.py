"""Places: the 63 old provinces of ID prefixes, the 34 of today, wards with codes, invented streets; no people."""

from __future__ import annotations

from dataclasses import dataclass

MERGER_DAY = "2025-07-01"

PROVINCES_34: dict[str, str] = {
    "01": "Thành phố Hà Nội",
    "04": "Tỉnh Cao Bằng",
    "08": "Tỉnh Tuyên Quang",
    "11": "Tỉnh Điện Biên",
    "12": "Tỉnh Lai Châu",
    "14": "Tỉnh Sơn La",
    "15": "Tỉnh Lào Cai",
    "19": "Tỉnh Thái Nguyên",
    "20": "Tỉnh Lạng Sơn",
    "22": "Tỉnh Quảng Ninh",
    "24": "Tỉnh Bắc Ninh",
    "25": "Tỉnh Phú Thọ",
    "31": "Thành phố Hải Phòng",
    "33": "Tỉnh Hưng Yên",
    "37": "Tỉnh Ninh Bình",
    "38": "Tỉnh Thanh Hóa",
    "40": "Tỉnh Nghệ An",
    "42": "Tỉnh Hà Tĩnh",
    "44": "Tỉnh Quảng Trị",
    "46": "Thành phố Huế",
    "48": "Thành phố Đà Nẵng",
    "51": "Tỉnh Quảng Ngãi",
    "52": "Tỉnh Gia Lai",
    "56": "Tỉnh Khánh Hòa",
    "66": "Tỉnh Đắk Lắk",
    "68": "Tỉnh Lâm Đồng",
    "75": "Tỉnh Đồng Nai",
    "79": "Thành phố Hồ Chí Minh",
    "80": "Tỉnh Tây Ninh",
    "82": "Tỉnh Đồng Tháp",
    "86": "Tỉnh Vĩnh Long",
    "91": "Tỉnh An Giang",
    "92": "Thành phố Cần Thơ",
    "96": "Tỉnh Cà Mau",
}

# Old code | old name as written on papers | code of the province that holds it today | an old commune and its district.
_OLD = """
001|thành phố Hà Nội|01|phường Trúc Bạch, quận Ba Đình
002|tỉnh Hà Giang|08|xã Đồng Văn, huyện Đồng Văn
004|tỉnh Cao Bằng|04|xã Đàm Thủy, huyện Trùng Khánh
006|tỉnh Bắc Kạn|19|xã Nam Mẫu, huyện Ba Bể
008|tỉnh Tuyên Quang|08|xã Tân Trào, huyện Sơn Dương
010|tỉnh Lào Cai|15|xã Bản Phố, huyện Bắc Hà
011|tỉnh Điện Biên|11|xã Thanh Luông, huyện Điện Biên
012|tỉnh Lai Châu|12|xã Mường So, huyện Phong Thổ
014|tỉnh Sơn La|14|xã Chiềng Bằng, huyện Quỳnh Nhai
015|tỉnh Yên Bái|15|xã Nghĩa Lợi, thị xã Nghĩa Lộ
017|tỉnh Hòa Bình|25|xã Mai Hịch, huyện Mai Châu
019|tỉnh Thái Nguyên|19|xã Phú Đình, huyện Định Hóa
020|tỉnh Lạng Sơn|20|xã Bắc Quỳnh, huyện Bắc Sơn
022|tỉnh Quảng Ninh|22|xã Quan Lạn, huyện Vân Đồn
024|tỉnh Bắc Giang|24|xã Hồng Giang, huyện Lục Ngạn
025|tỉnh Phú Thọ|25|xã Hy Cương, thành phố Việt Trì
026|tỉnh Vĩnh Phúc|25|xã Thổ Tang, huyện Vĩnh Tường
027|tỉnh Bắc Ninh|24|xã Song Hồ, huyện Thuận Thành
030|tỉnh Hải Dương|31|xã An Lạc, thị xã Chí Linh
031|thành phố Hải Phòng|31|xã Vĩnh Phong, huyện Vĩnh Bảo
033|tỉnh Hưng Yên|33|xã Hồng Châu, thị xã Hưng Yên
034|tỉnh Thái Bình|33|xã Nguyên Xá, huyện Đông Hưng
035|tỉnh Hà Nam|37|xã Hòa Hậu, huyện Lý Nhân
036|tỉnh Nam Định|37|xã Mỹ Thắng, huyện Mỹ Lộc
037|tỉnh Ninh Bình|37|xã Ninh Hải, huyện Hoa Lư
038|tỉnh Thanh Hóa|38|xã Xuân Lam, huyện Thọ Xuân
040|tỉnh Nghệ An|40|xã Kim Liên, huyện Nam Đàn
042|tỉnh Hà Tĩnh|42|xã Tiên Điền, huyện Nghi Xuân
044|tỉnh Quảng Bình|44|xã Cảnh Dương, huyện Quảng Trạch
045|tỉnh Quảng Trị|44|xã Vĩnh Tú, huyện Vĩnh Linh
046|tỉnh Thừa Thiên Huế|46|xã Phước Tích, huyện Phong Điền
048|thành phố Đà Nẵng|48|xã Hòa Bắc, huyện Hòa Vang
049|tỉnh Quảng Nam|48|xã Cẩm Kim, thị xã Hội An
051|tỉnh Quảng Ngãi|51|xã An Vĩnh, huyện Lý Sơn
052|tỉnh Bình Định|52|xã Nhơn Hậu, huyện An Nhơn
054|tỉnh Phú Yên|66|xã An Ninh Đông, huyện Tuy An
056|tỉnh Khánh Hòa|56|xã Vạn Thạnh, huyện Vạn Ninh
058|tỉnh Ninh Thuận|56|xã Phước Dân, huyện Ninh Phước
060|tỉnh Bình Thuận|68|xã Phan Hiệp, huyện Bắc Bình
062|tỉnh Kon Tum|51|xã Đắk Rơ Wa, thị xã Kon Tum
064|tỉnh Gia Lai|52|xã Ia Mơ Nông, huyện Chư Păh
066|tỉnh Đắk Lắk|66|xã Krông Na, huyện Buôn Đôn
067|tỉnh Đắk Nông|68|xã Quảng Khê, huyện Đắk Glong
068|tỉnh Lâm Đồng|68|xã Lát, huyện Lạc Dương
070|tỉnh Bình Phước|75|xã Bom Bo, huyện Bù Đăng
072|tỉnh Tây Ninh|80|xã Long Thành Bắc, huyện Hòa Thành
074|tỉnh Bình Dương|79|xã Tân Phước Khánh, huyện Tân Uyên
075|tỉnh Đồng Nai|75|xã Xuân Hòa, huyện Xuân Lộc
077|tỉnh Bà Rịa – Vũng Tàu|79|xã Phước Hải, huyện Đất Đỏ
079|Thành phố Hồ Chí Minh|79|phường 7, quận 3
080|tỉnh Long An|80|xã Tân Lập, huyện Mộc Hóa
082|tỉnh Tiền Giang|82|xã Hòa Khánh, huyện Cái Bè
083|tỉnh Bến Tre|86|xã Hưng Phong, huyện Giồng Trôm
084|tỉnh Trà Vinh|86|xã Lưu Nghiệp Anh, huyện Trà Cú
086|tỉnh Vĩnh Long|86|xã An Bình, huyện Long Hồ
087|tỉnh Đồng Tháp|82|xã Tân Khánh Đông, thị xã Sa Đéc
089|tỉnh An Giang|91|xã Châu Phong, thị xã Tân Châu
091|tỉnh Kiên Giang|91|xã Hòn Tre, huyện Kiên Hải
092|thành phố Cần Thơ|92|xã Mỹ Khánh, huyện Phong Điền
093|tỉnh Hậu Giang|92|xã Đại Thành, thị xã Ngã Bảy
094|tỉnh Sóc Trăng|92|xã Phú Tân, huyện Châu Thành
095|tỉnh Bạc Liêu|96|xã Ninh Thạnh Lợi, huyện Hồng Dân
096|tỉnh Cà Mau|96|xã Đất Mũi, huyện Ngọc Hiển
"""


@dataclass(frozen=True, slots=True)
class OldProvince:
    """A province as it was before July 2025: what an ID prefix and an old paper name."""

    code: str
    name: str
    today: str
    commune: str


OLD_PROVINCES: dict[str, OldProvince] = {
    row[0]: OldProvince(*row) for row in (line.split("|") for line in _OLD.strip().splitlines())
}

# Prefixes for people whose birth was registered abroad; the pairing with countries is invented for this simulation.
COUNTRIES: dict[str, tuple[str, str]] = {
    "JP": ("310", "Nhật Bản"),
    "KR": ("311", "Hàn Quốc"),
    "LA": ("312", "Lào"),
    "FR": ("313", "Pháp"),
    "AU": ("314", "Úc"),
}


@dataclass(frozen=True, slots=True)
class Ward:
    """A commune-level unit of today, with the old communes (and their district) that went into it."""

    code: str
    name: str
    province_code: str
    old_communes: tuple[str, ...]


BA_DINH = Ward(
    "00004",
    "Phường Ba Đình",
    "01",
    tuple(f"phường {name}, quận Ba Đình, thành phố Hà Nội" for name in ("Trúc Bạch", "Quán Thánh", "Đội Cấn", "Ngọc Hà")),
)
HOAN_KIEM = Ward(
    "00070",
    "Phường Hoàn Kiếm",
    "01",
    tuple(
        f"phường {name}, quận Hoàn Kiếm, thành phố Hà Nội"
        for name in ("Hàng Bạc", "Hàng Bồ", "Hàng Buồm", "Hàng Đào", "Lý Thái Tổ")
    ),
)
SERVED_WARDS: tuple[Ward, ...] = (BA_DINH, HOAN_KIEM)

ELSEWHERE: tuple[Ward, ...] = (
    Ward("11311", "Phường Hồng Bàng", "31", ("phường Minh Khai, quận Hồng Bàng, thành phố Hải Phòng",)),
    Ward("10525", "Phường Hải Dương", "31", ("phường Quang Trung, thành phố Hải Dương, tỉnh Hải Dương",)),
    Ward("13225", "Phường Thái Bình", "33", ("phường Hoàng Diệu, thành phố Thái Bình, tỉnh Thái Bình",)),
    Ward("09076", "Xã Vĩnh Tường", "25", ("thị trấn Vĩnh Tường, huyện Vĩnh Tường, tỉnh Vĩnh Phúc",)),
    Ward("17971", "Xã Kim Liên", "40", ("xã Kim Liên, huyện Nam Đàn, tỉnh Nghệ An",)),
    Ward("19363", "Xã Vĩnh Linh", "44", ("thị trấn Hồ Xá, huyện Vĩnh Linh, tỉnh Quảng Trị",)),
    Ward("19789", "Phường Thuận Hóa", "46", ("phường Phú Hội, thành phố Huế, tỉnh Thừa Thiên Huế",)),
    Ward("20341", "Phường Tam Kỳ", "48", ("phường An Mỹ, thành phố Tam Kỳ, tỉnh Quảng Nam",)),
    Ward("24640", "Xã Cư Jút", "68", ("thị trấn Ea T'ling, huyện Cư Jút, tỉnh Đắk Nông",)),
    Ward("25210", "Phường Đồng Xoài", "75", ("phường Tân Phú, thành phố Đồng Xoài, tỉnh Bình Phước",)),
    Ward("25747", "Phường Thủ Dầu Một", "79", ("phường Phú Cường, thành phố Thủ Dầu Một, tỉnh Bình Dương",)),
    Ward("26743", "Phường Bến Thành", "79", ("phường Bến Thành, quận 1, Thành phố Hồ Chí Minh",)),
)

WARDS: dict[str, Ward] = {ward.code: ward for ward in SERVED_WARDS + ELSEWHERE}

# Streets that exist nowhere, so that no address in the simulation is anybody's.
STREETS: tuple[str, ...] = (
    "phố Diều Sáo",
    "phố Đèn Ông Sao",
    "phố Hoa Giấy",
    "phố Chuồn Chuồn Tre",
    "phố Mực Tím",
    "phố Cánh Buồm Nâu",
    "phố Lá Bàng Đỏ",
    "phố Trống Cơm",
    "phố Tò He",
    "phố Giấy Dó",
    "đường Trăng Non",
    "đường Sao Hôm",
    "đường Mưa Bụi",
    "đường Cỏ May",
    "đường Bồ Công Anh",
    "đường Mây Trắng",
)
