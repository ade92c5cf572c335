"""Invented people for a crowd: each is told by a number and the seed, so that the same seed tells the same people."""

from __future__ import annotations

from dataclasses import dataclass

_FAMILY = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý "
    "Đinh Trịnh Lương Mai Tạ Phùng Cao Đào Hà Tô Thái Nông"
).split()
_MIDDLE = {
    "male": "Văn Văn Đức Hữu Quang Minh Tuấn Xuân Thanh Quốc Đình Gia Công Duy Bảo Ngọc Việt".split(),
    "female": "Thị Thị Ngọc Thu Minh Thanh Phương Hồng Kim Thùy Hoài Khánh Mai Bích Diệu Quỳnh Bảo".split(),
}
_GIVEN = {
    "male": (
        "Anh An Bách Bình Chiến Cường Dũng Duy Dương Đạt Đăng Đông Đức Giang Hải Hào Hiếu Hòa Hùng Huy Hưng Khải Khánh Khoa "
        "Kiên Lâm Long Lộc Lực Mạnh Nam Nghĩa Nhân Phong Phúc Quân Quý Sơn Tài Tâm Thành Thắng Thịnh Toàn Trí Trung Tú Tùng Vinh"
    ).split(),
    "female": (
        "An Ánh Châu Chi Cúc Diệp Dung Duyên Giang Hà Hạnh Hằng Hiền Hoa Huế Huệ Hương Huyền Khuê Lan Liên Linh Loan Ly My Nga "
        "Ngân Nhàn Nhi Nhung Oanh Phượng Quế Quyên Sương Thảo Thêu Thoa Thơm Thủy Thư Tiên Trà Trang Trinh Trúc Tuyết Vân Vy Yến"
    ).split(),
}
_SPREAD = 0x9E3779B97F4A7C15  # an odd number near 2**64 over the golden ratio: neighbours come to stand far apart
_MASK = 2**64 - 1


def spread(number: int, seed: int) -> int:
    """A number of 64 bits that looks like nothing, the same for the same number and seed."""
    mixed = ((number + 1) * _SPREAD + seed * 0xD1B54A32D192ED03) & _MASK
    mixed = ((mixed ^ (mixed >> 31)) * 0xBF58476D1CE4E5B9) & _MASK
    return mixed ^ (mixed >> 29)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person; the personal ID begins as no real one does (its year digits belong to nobody alive)."""

    full_name: str
    personal_id: str
    date_of_birth: str


def person(number: int, seed: int) -> Person:
    """The person of this number."""
    drawn = spread(number, seed)
    sex = "female" if drawn & 1 else "male"
    family = _FAMILY[(drawn >> 1) % len(_FAMILY)]
    middle = _MIDDLE[sex][(drawn >> 9) % len(_MIDDLE[sex])]
    given = _GIVEN[sex][(drawn >> 17) % len(_GIVEN[sex])]
    second = _GIVEN[sex][(drawn >> 25) % len(_GIVEN[sex])]
    born = 1955 + (drawn >> 33) % 50
    personal_id = f"{(drawn >> 40) % 96 + 1:03d}{2 if sex == 'male' else 3}{born % 100:02d}{number % 1_000_000:06d}"
    name = f"{family} {middle} {given}" if (drawn >> 56) % 4 else f"{family} {middle} {second} {given}"
    return Person(name, personal_id, f"{born}-{(drawn >> 46) % 12 + 1:02d}-{(drawn >> 50) % 28 + 1:02d}")
