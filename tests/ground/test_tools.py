import subprocess
from pathlib import Path

import pytest

from tools.licences import is_refused

ROOT = Path(__file__).resolve().parents[2]
SET_UP = ROOT / ".venv" / ".setup" / "lock"


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("Mozilla Public License 2.0 (MPL 2.0)", False),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("MIT AND GPL-2.0-only", True),
        ("GPL-2.0-or-later OR MPL-1.1", False),
        ("GPL-2.0 OR AGPL-3.0", True),
    ],
)
def test_a_licence_that_would_bind_ours_is_refused(licence: str, *, refused: bool) -> None:
    assert is_refused(licence) is refused


@pytest.mark.skipif(not SET_UP.exists(), reason="this environment was not made by tools/setup.sh")
def test_setting_up_again_installs_nothing() -> None:
    first, second = (
        subprocess.run([ROOT / "tools" / "setup.sh"], capture_output=True, text=True, check=True, timeout=100).stdout
        for _ in range(2)
    )
    assert [word for word in ("packages", "environment", "Một Cửa") if word in second] == [], first


def test_the_shell_scripts_parse() -> None:
    scripts = [*(ROOT / "tools").glob("*.sh"), ROOT / ".ci" / "run"]
    assert len(scripts) > 3
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
