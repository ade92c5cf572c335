"""The education registry: pupils with their school and marks, teachers, certificates."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import SCHOOLS, age, is_teacher, is_vietnamese, job

NAME = "education"
SCHOOL_YEAR = "2026–2027"
_SUBJECTS = ("Toán", "Ngữ văn", "Tiếng Anh", "Vật lí", "Lịch sử")
_DEGREES = ("Cử nhân Kế toán", "Kỹ sư Cơ khí", "Cử nhân Luật", "Cử nhân Sư phạm", "Bác sĩ đa khoa")


def _pupil(person: Person, _: Population) -> dict[str, Any] | None:
    """Grades one to twelve, by the year of birth, as schools take children in."""
    grade = int(TODAY[:4]) - person.birth_year - 5
    if not lives(person, NAME) or not 1 <= grade <= 12 or lots.share(person.personal_id, "left school") < _left_by(grade):
        return None
    level = 2 if grade <= 5 else 1 if grade <= 9 else 0
    marks = {subject: lots.number(person.personal_id, subject, 10, 20) / 2 for subject in _SUBJECTS}
    return {
        "school": SCHOOLS[level],
        "grade": grade,
        "class_name": f"{grade}{lots.pick(person.personal_id, 'class', 'ABC')}",
        "school_year": SCHOOL_YEAR,
        "pupil_number": f"0190{person.order:06d}",
        "last_year_marks": marks if grade > 1 else {},
    }


def _left_by(grade: int) -> float:
    return 0.0 if grade <= 9 else 0.08


def _teacher(person: Person, _: Population) -> dict[str, Any] | None:
    work = job(person)
    if not lives(person, NAME) or not is_teacher(person) or work is None:
        return None
    return {"school": work.employer, "subject": lots.pick(person.personal_id, "teaches what", _SUBJECTS), "from": work.since}


def _certificates(person: Person, _: Population) -> list[dict[str, Any]]:
    years, who = age(person), person.personal_id
    if years < 19 or not is_vietnamese(person) or lots.share(who, "finished school") >= (0.85 if years < 60 else 0.45):
        return []
    finished = person.birth_year + 18
    found = [
        _certificate(person, "Bằng tốt nghiệp trung học phổ thông", f"{finished}-07-25", "Sở Giáo dục và Đào tạo (mô phỏng)")
    ]
    if years >= 23 and (is_teacher(person) or lots.share(who, "degree") < 0.4):
        degree = "Cử nhân Sư phạm" if is_teacher(person) else lots.pick(who, "which degree", _DEGREES)
        found.append(_certificate(person, degree, f"{finished + 4}-08-15", "Trường Đại học Mẫu"))
    return found


def _certificate(person: Person, name: str, issued_on: str, issued_by: str) -> dict[str, Any]:
    series = "TH" if issued_by.startswith("Sở") else "DH"
    return {"name": name, "number": f"{series}-9{person.order:06d}", "issued_on": issued_on, "issued_by": issued_by}


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu giáo dục",
    {"pupil": _pupil, "teacher": _teacher, "certificates": _certificates},
    narrow=frozenset({"certificates"}),
    nightly=True,
    stale={"pupil": None},
)
