"""Names: family names, middle and given names, and how the peoples of Viet Nam name their children; no relations."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_FAMILY = (
    "Nguyễn:31 Trần:11 Lê:9 Phạm:7 Hoàng:4 Huỳnh:1 Phan:4 Vũ:4 Võ:1 Đặng:3 Bùi:3 Đỗ:3 Hồ:1 Ngô:2 Dương:2 Lý:1 Đinh:2 "
    "Đoàn:1 Trịnh:1 Lương:1 Mai:1 Tạ:1 Phùng:1 Quách:1 Cao:1 Đào:1 Hà:1 Tô:1 Thái:1 Tống:1 Nghiêm:1 Doãn:1"
)
FAMILY = tuple(word.split(":")[0] for word in _FAMILY.split())
FAMILY_WEIGHTS = tuple(int(word.split(":")[1]) for word in _FAMILY.split())

MIDDLE = {
    "male": "Văn Văn Văn Đức Hữu Quang Minh Anh Tuấn Xuân Thanh Quốc Đình Gia Công Duy Hoàng Bảo Ngọc Việt".split(),
    "female": "Thị Thị Thị Ngọc Thu Minh Thanh Phương Hồng Kim Thùy Hoài Khánh Mai Bích Diệu Quỳnh Hà Bảo Lan".split(),
}
_MIDDLES = {sex: sorted(set(words)) for sex, words in MIDDLE.items()}
GIVEN = {
    "male": (
        "Anh An Bách Bảo Bình Chiến Cường Dũng Duy Dương Đạt Đăng Đông Đức Giang Hải Hào Hiếu Hòa Hoàng Hùng Huy Hưng "
        "Khải Khánh Khoa Kiên Lâm Linh Long Lộc Lực Mạnh Minh Nam Nghĩa Nguyên Nhân Phong Phúc Phương Quân Quang Quý "
        "Sơn Tài Tâm Thái Thành Thắng Thịnh Thuận Tiến Toàn Trí Trung Trường Tú Tuấn Tùng Uy Việt Vinh Vũ Vượng"
    ).split(),
    "female": (
        "An Anh Ánh Bình Châu Chi Cúc Diễm Diệp Dung Duyên Đào Giang Hà Hạnh Hằng Hiền Hoa Hòa Hồng Huế Huệ Hương "
        "Huyền Khuê Lan Lê Liên Linh Loan Ly Mai Minh My Na Nga Ngân Ngọc Nhàn Nhi Nhung Oanh Phúc Phương Phượng Quế "
        "Quyên Quỳnh Sương Tâm Thanh Thảo Thêu Thoa Thơm Thu Thủy Thúy Thư Thương Tiên Trà Trang Trinh Trúc Tuyết "
        "Uyên Vân Vy Xuân Yến"
    ).split(),
}


@dataclass(frozen=True, slots=True)
class People:
    """An ethnic group: its code in the population registry and the parts its names are made of."""

    code: str
    name: str
    family: tuple[str, ...]
    male: tuple[str, ...]
    female: tuple[str, ...]


def _people(code: str, name: str, family: str, male: str, female: str) -> People:
    return People(code, name, *(tuple(part.strip() for part in text.split(",")) for text in (family, male, female)))


KINH = People("01", "Kinh", (), (), ())
MINORITIES: tuple[People, ...] = (
    _people("02", "Tày", "Nông, Hoàng, Ma, Bế", "Văn Nhất, Văn Slâm, Quốc Hưng", "Thị Lan, Thị Slao, Bích Noọng"),
    _people("03", "Thái", "Lò, Quàng, Cà, Lường", "Văn Pánh, Văn Inh, Văn Ơn", "Thị Inh, Thị Phóng, Thị Ún"),
    _people("04", "Hoa", "Lương, Quan, Trương", "Chấn Vỹ, Gia Hào, Diệu Minh", "Mỹ Phụng, Tú Anh, Huệ Linh"),
    _people("05", "Khơ-me", "Thạch, Sơn, Kim, Danh", "Rết, Pholla, Sa Rinh", "Thị Sa Ri, Thị Đa Ni, Sô Phia"),
    _people("06", "Mường", "Bùi, Quách, Đinh, Hà", "Văn Nhêu, Văn Ểu, Công Bình", "Thị Mến, Thị Ẻn, Thị Dệu"),
    _people("07", "Nùng", "Nông, Lục, Vi, Lộc", "Văn Páo, Văn Sình, Văn Dền", "Thị Slỉnh, Thị Nải, Thị Mỷ"),
    _people("08", "Mông", "Giàng, Vừ, Thào, Sùng", "A Sùng, A Páo, A Chư", "Thị Mỷ, Thị Dợ, Thị Súa"),
    _people("09", "Dao", "Triệu, Phùng, Chảo, Lý", "Chòi Phâu, Sành Phú, Mùi Kinh", "Mùi Chài, Mùi Mui, Tả Mẩy"),
    _people("10", "Gia-rai", "Rơ Châm, Ksor, Siu, Nay", "Hin, Y Thu, Phước", "H'Phík, H'Yên, H'Bia"),
    _people("12", "Ê-đê", "Niê, Mlô, Êban, Ayŭn", "Y Bhăm, Y Thịnh, Y Ngun", "H'Linh, H'Hen, H'Rưm"),
    _people("13", "Ba-na", "", "Đinh Núp, A Thưk, Yang Danh", "Y Blơn, Y Mơi, Đinh Thị Kưm"),
    _people("16", "Cơ-ho", "Kră Jăn, Cil, Lơ Mu", "Plin, Yôn, Ha Krang", "K'Linh, K'Duyên, Ka Thươk"),
    _people("17", "Chăm", "Chế, Thành, Phú, Bá", "Văn Hẳn, Linh, Trung Lai", "Thị Mỹ, Nữ Hoài, Thị Sen"),
)

# People whose given name is their whole name.
ONE_WORD = {"male": ("Páo", "Klơng", "Hlưn", "Tơr", "Pênh"), "female": ("Mẩy", "Blơn", "Súa", "Rơm", "Thiêl")}

LONG = {
    "male": "Nguyễn Phúc Vĩnh Trường Hoàng Thiên Đăng Khôi Nguyên Bảo Minh Triết",
    "female": "Công Tằng Tôn Nữ Hoàng Thiên Bảo Ngọc Diễm Quỳnh Phương Khánh An",
}

GROUPS: dict[str, People] = {group.code: group for group in (KINH, *MINORITIES)}
_MINORITIES_LIST = list(MINORITIES)


def choose_group(rng: Random) -> People:
    """An ethnic group, with the majority that the capital has."""
    return KINH if rng.random() < 0.93 else rng.choice(_MINORITIES_LIST)


def full_name(rng: Random, group: People, sex: str, family: str) -> str:
    """A name in the order and manner of the group; `family` is the father's family name or empty."""
    roll = rng.random()
    if roll < 0.0008:
        return LONG[sex]
    if group.code != "01":
        return _minority_name(rng, group, sex, family)
    given = rng.choice(GIVEN[sex])
    if roll < 0.04:
        return f"{family} {given}"
    if roll < 0.16:
        first, second = sorted(rng.sample(_MIDDLES[sex], 2), key=lambda word: word not in ("Thị", "Văn"))
        return f"{family} {first} {second} {given}"
    return f"{family} {rng.choice(MIDDLE[sex])} {given}"


def _minority_name(rng: Random, group: People, sex: str, family: str) -> str:
    given = rng.choice(group.male if sex == "male" else group.female)
    if group.code in {"08", "10", "13"} and rng.random() < 0.12:
        return rng.choice(ONE_WORD[sex])
    if group.code == "12":
        return f"{given} {family}"
    return f"{family} {given}".strip()


def family_name(rng: Random, group: People) -> str:
    """A family name of the group; some groups have none."""
    if group.code == "01":
        return rng.choices(FAMILY, FAMILY_WEIGHTS)[0]
    return rng.choice(group.family)
