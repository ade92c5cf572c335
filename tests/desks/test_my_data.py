"""Whoever asks who has looked at their data is told in plain words, and can take everything away."""

from __future__ import annotations

import io
import json
import re

import pikepdf
import pytest

from portal.web.limits import limiter
from tests.desks.cast import Cast, Filed
from tests.visitors import HA


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    return cast.file("submitted")


def test_entries_stand_in_plain_words_with_office_and_role_but_no_name(cast: Cast, filed: Filed) -> None:
    page = cast["citizen A"].get("/my/data/looks").text
    for words in ("Cán bộ một cửa, Ủy ban nhân dân phường Ba Đình", "Để giải quyết hồ sơ", "Chính ông/bà", filed.code):
        assert words in page
    assert "Nguyễn Thị Thanh Tâm" not in page  # the clerk's name
    assert "Chính ông/bà" not in cast["citizen A"].get("/my/data/looks?of=others").text.split("<section", 1)[1]
    assert "Cán bộ một cửa," not in cast["citizen A"].get("/my/data/looks?of=own").text


def test_whoever_asks_reads_the_question_the_term_and_the_answer(cast: Cast, filed: Filed) -> None:
    listed = cast["leader"].get("/counter/access-questions").text
    question = listed.split('href="/counter/access-questions/', 1)[1].split('"', 1)[0]
    page = cast["leader"].get(f"/counter/access-questions/{question}").text
    assert "Vì sao phường mở hồ sơ của tôi hôm nay?" in page
    assert "Nguyễn Thị Thanh Tâm" in page  # the leader is told who looked
    short = cast["leader"].post(f"/counter/access-questions/{question}", {"answer": "vì"})
    assert short.status_code == 422
    answer = "Cán bộ mở để kiểm tra thành phần hồ sơ."
    assert cast["leader"].post(f"/counter/access-questions/{question}", {"answer": answer}).status_code == 302
    looks = cast["citizen A"].get("/my/data/looks?of=others").text
    entry = looks.split('href="/my/data/looks/', 1)[1].split('"', 1)[0]
    told = cast["citizen A"].get(f"/my/data/looks/{entry}").text
    assert answer in told
    again = cast["citizen A"].post(f"/my/data/looks/{entry}", {"question": "ai"})
    assert again.status_code == 422
    assert re.search(r">\s*ai\s*</textarea>", again.text)  # nothing typed is lost
    assert "có trả lời về việc xem dữ liệu" in cast["citizen A"].get("/my/notices").text


def test_consent_is_taken_back_on_its_own_page(cast: Cast, filed: Filed) -> None:
    listed = cast["citizen A"].get("/my/data/consents").text
    consent = listed.split('href="/my/data/consents/', 1)[1].split('"', 1)[0]
    page = cast["citizen A"].get(f"/my/data/consents/{consent}").text
    assert "Hồ sơ này đã nộp nên vẫn được giải quyết" in page
    assert cast["citizen A"].post(f"/my/data/consents/{consent}", {}).status_code == 302
    assert "Đã rút lại lúc" in cast["citizen A"].get(f"/my/data/consents/{consent}").text


def test_file_for_machines_holds_everything_of_mine_and_nothing_of_others(cast: Cast, filed: Filed) -> None:
    other = cast.file("submitted", owner="citizen B")
    answer = cast["citizen A"].post("/my/data/download", {"as": "machine"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    said = json.loads(answer.text)
    kinds = {"profile", "dossiers", "notices", "looks", "consents", "questions", "suggestions"}
    assert set(said) == {"format", "made_at", *kinds}
    assert said["profile"]["personal_id"] == HA
    mine = next(one for one in said["dossiers"] if one["code"] == filed.code)
    assert mine["rounds"][0]["answers"]["subject.full_name"]["source"] == "population"
    assert {one["by"] for one in said["looks"]} == {"self", "clerk"}
    assert said["consents"]
    assert said["questions"]
    assert other.code not in answer.text
    assert "Nguyễn Thị Thanh Tâm" not in answer.text


def test_paper_to_read_is_tagged_and_says_what_is_held(cast: Cast, filed: Filed) -> None:
    answer = cast["citizen A"].post("/my/data/download", {"as": "paper"})
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert paper.Root.MarkInfo.Marked
        assert paper.Root.StructTreeRoot
        assert str(paper.Root.Lang) == "vi"


def test_nobody_takes_everything_away_again_and_again_or_at_the_lower_level(cast: Cast) -> None:
    limiter.reset()
    codes = [cast["citizen B"].post("/my/data/download", {"as": "machine"}).status_code for _time in range(7)]
    assert codes == [200] * 6 + [429]
    assert cast["citizen of level 1"].get("/my/data/download").status_code == 403
