import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of a server can reach, which those of pytest are not for root."""
    path = Path(tempfile.mkdtemp(prefix="mot-cua-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)
