from __future__ import annotations

from tests.visitors import HA


def test_citizen_logs_in_and_comes_back_to_the_same_page(visitor) -> None:
    ha = visitor()
    answer = ha.log_in(HA, next_url="/procedures/1.004873")
    assert answer.headers["Location"] == "/procedures/1.004873"
    page = ha.get("/my/dossiers")
    assert page.status_code == 200
    assert "Nguyễn Thu Hà" in page.text
