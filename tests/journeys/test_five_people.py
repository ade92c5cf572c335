"""People and the same paper: from the login to a result that anybody can verify, as the procedure's own cases say.

Two more of the five, the divorced with a stale population field and the widowed, walk in `test_open_to_everybody.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.office import decide, receive_and_forward, wait_for_status
from tests.journeys.proof import holds_what_the_case_says
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, World, cases

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("story", ["single", "married", "refused"])
def test_a_person_files_and_holds_a_result_that_verifies(world: World, tmp_path: Path, story: str) -> None:
    case = cases()[story]
    citizen = Walker(world, world.logged_in(PEOPLE[story], PHONE))
    code = citizen.file(case["answers"])
    receive_and_forward(world, code)
    decide(world, code, case)
    wait_for_status(citizen, code, 10)
    holds_what_the_case_says(citizen, case, tmp_path)
    assert citizen.said == []
    citizen.context.close()
