"""How the lines of the journal hold together: each digest covers the line and the digest of the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

FIRST = ""
"""What the first line of a chain carries in place of the digest of the one before it."""

COVERED = ("actor_id", "structure_id", "network_id", "assessment_id", "verb", "before", "after", "chain", "sequence")


def chain_of(structure: int | None, network: int | None) -> str:
    """The chain of an event: its structure’s, else its network’s, else the platform’s."""
    if structure:
        return f"structure:{structure}"
    return f"reseau:{network}" if network else "plateforme"


def digest_of(at: datetime, values: Mapping, previous: str) -> str:
    """SHA-256, in hexadecimal, of one line: `values` holds at least the COVERED columns."""
    line = {name: values[name] for name in COVERED} | {"at": at.astimezone(UTC).isoformat(), "previous": previous}
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
