"""The staff of the demo offices: citizens of the two wards who hold a post; the portal says what it means."""

from __future__ import annotations

from portal.sandbox.people.make import Maker
from portal.sandbox.people.stories import Told
from portal.sandbox.people.territory import BA_DINH, HOAN_KIEM

OFFICES: dict[str, str] = {
    "H26.31": "UBND phường Ba Đình",
    "H26.32": "UBND phường Hoàn Kiếm",
    "H26.01": "Trung tâm Phục vụ hành chính công thành phố Hà Nội",
    "G01.26.31": "Công an phường Ba Đình",
    "G01.26": "Công an thành phố Hà Nội",
    "G12.26.31": "Thuế cơ sở Ba Đình",
    "G12.26.41": "Bảo hiểm xã hội cơ sở Ba Đình",
    "H26.17": "Trung tâm Dịch vụ việc làm Hà Nội",
}

POSTS: dict[str, str] = {
    "clerk": "Cán bộ một cửa",
    "officer": "Chuyên viên thụ lý",
    "leader": "Lãnh đạo ký",
    "administrator": "Quản trị danh mục",
    "auditor": "Thanh tra, kiểm tra",
}

# Personal ID | name | birth | post | office
_STAFF = """
001189900101|Nguyễn Thị Thanh Tâm|1989-04-12|clerk|H26.31
001194900102|Đỗ Hải Yến|1994-02-27|clerk|H26.31
001086900103|Lê Quang Huy|1986-09-03|officer|H26.31
001191900104|Phạm Thùy Dương|1991-12-18|officer|H26.31
001074900105|Trần Đình Phong|1974-06-25|leader|H26.31
001178900106|Vũ Thị Hồng Nhung|1978-10-08|leader|H26.31
001192900111|Hoàng Thị Kim Oanh|1992-01-19|clerk|H26.32
001087900112|Bùi Tuấn Kiệt|1987-05-30|clerk|H26.32
001190900113|Ngô Thị Phương Thảo|1990-08-14|officer|H26.32
001083900114|Đặng Hữu Nghĩa|1983-03-21|officer|H26.32
001076900115|Phan Quốc Bình|1976-11-11|leader|H26.32
001180900116|Dương Thị Lệ Quyên|1980-07-07|leader|H26.32
001193900121|Trịnh Khánh Linh|1993-09-16|clerk|H26.01
001085900122|Đào Minh Triết|1985-02-05|officer|H26.01
001072900123|Lương Thế Vinh Quang|1972-12-29|leader|H26.01
001088900124|Hồ Anh Khoa|1988-04-04|administrator|H26.01
001182900125|Tạ Thị Minh Khuê|1982-06-13|auditor|H26.01
001190900131|Cao Thị Thu Trang|1990-10-01|clerk|G01.26.31
001084900132|Đinh Trọng Nhân|1984-08-23|officer|G01.26.31
001075900133|Võ Hùng Cường|1975-01-17|leader|G01.26.31
001189900126|Phùng Thị Ánh Dương|1989-11-20|administrator|H26.01
001191900141|Mai Thị Hồng Hạnh|1991-03-08|clerk|G01.26
001086900142|Trương Công Định|1986-07-19|officer|G01.26
001073900143|Nghiêm Xuân Trường|1973-05-02|leader|G01.26
001192900144|Lại Thị Thu Hường|1992-09-12|clerk|G12.26.31
001085900145|Khuất Duy Tiến|1985-11-30|officer|G12.26.31
001077900146|Tống Văn Lâm|1977-02-14|leader|G12.26.31
001194900147|Hà Thị Bích Liên|1994-06-06|clerk|G12.26.41
001088900148|Chu Đức Mạnh|1988-01-25|officer|G12.26.41
001179900149|Quách Thị Ngọc Trâm|1979-10-17|leader|G12.26.41
001193900151|Kiều Thị Minh Nguyệt|1993-12-05|clerk|H26.17
001087900152|Tô Hoàng Nam|1987-04-28|officer|H26.17
001174900153|Âu Thị Phương Lan|1974-08-09|leader|H26.17
"""


def employ(maker: Maker) -> None:
    """Everybody on the staff, each in a household of their own."""
    told = Told(maker)
    for number, line in enumerate(_STAFF.strip().splitlines()):
        personal_id, full_name, birth, post, office = line.split("|")
        person = told.person(
            personal_id,
            full_name,
            birth,
            roles=("citizen", post),
            office=office,
            story=f"{POSTS[post]}, {OFFICES[office]}.",
        )
        ward = HOAN_KIEM if office == "H26.32" else BA_DINH
        told.home(ward, f"Số {200 + number}, phố Hoa Giấy", birth, person)
