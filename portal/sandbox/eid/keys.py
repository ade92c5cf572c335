"""The provider's signing keys: the newest signs, old public keys stay published, all survive a restart."""

from __future__ import annotations

import json
import secrets
import threading
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

from portal.sandbox.state import write_whole

ALGORITHM = "ES256"
KEPT = 5


class KeyRing:
    """A few EC keys, newest first, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        if path.exists():
            self._keys = [ECKey.import_key(key) for key in json.loads(path.read_text(encoding="ascii"))]
        else:
            self._keys = []
            self.rotate()

    def rotate(self) -> str:
        """A new key signs from now on; the last few old ones stay published. Returns the new `kid`."""
        kid = secrets.token_hex(8)
        fresh = ECKey.generate_key("P-256", parameters={"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)
        with self._lock:
            self._keys = [fresh, *self._keys][:KEPT]
            kept = [key.as_dict(private=True) for key in self._keys]
            write_whole(self._path, json.dumps(kept).encode("ascii"))
        return kid

    @property
    def signing(self) -> ECKey:
        """The key that signs now."""
        return self._keys[0]

    def public(self) -> dict[str, Any]:
        """The key set that clients read."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def verifying(self) -> KeySet:
        """All public keys, for hints that come back."""
        return KeySet([ECKey.import_key(key.as_dict(private=False)) for key in self._keys])
