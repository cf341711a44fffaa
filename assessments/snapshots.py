"""Photographs of a dossier: its canonical JSON frozen, with its fingerprint and a code anyone may check."""

import hashlib
import json
import secrets

from django.db import transaction
from django.utils import timezone

from assessments.canonical import recompute
from assessments.enums import ENDED, SnapshotKind
from assessments.models import Assessment, Snapshot
from assessments.reading import Reading, canonical_json, read, read_back
from certif.accounts.models import User

# Neither 0 nor O, 1 nor I nor L, U nor V: a code is read aloud and copied by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
GROUPS = 3
GROUP_LENGTH = 4


def take(assessment: Assessment, kind: SnapshotKind, *, by: User | None) -> Snapshot:
    """Freezes the dossier as it stands. A document asks again for the same state: it is given the same photograph."""
    content = content_of(assessment)
    sha256 = fingerprint(content)
    with transaction.atomic():
        if kind == SnapshotKind.DOCUMENT:
            # Holds the dossier, so that two requests at once agree on one photograph.
            Assessment.objects.select_for_update().get(pk=assessment.pk)
            known = Snapshot.objects.filter(assessment=assessment, sha256=sha256).order_by("pk").first()
            if known:
                return known
        return Snapshot.objects.create(
            assessment=assessment,
            kind=kind,
            content=content,
            sha256=sha256,
            code=new_code(),
            taken_by=by,
            taken_at=timezone.now(),
        )


def frozen_state(assessment: Assessment) -> Snapshot | None:
    """The last photograph a step of the workflow took."""
    taken = Snapshot.objects.filter(assessment=assessment).exclude(kind=SnapshotKind.DOCUMENT)
    return taken.order_by("-taken_at", "-pk").first()


def as_shown(assessment: Assessment) -> Reading:
    """What screens say of a dossier: as it stands today, or as it ended. Time passes, pieces expire: an ended dossier
    keeps the figures of its documents."""
    if assessment.status in ENDED and (frozen := frozen_state(assessment)):
        return read_back(assessment, json.loads(frozen.content))
    return read(assessment)


def content_of(assessment: Assessment) -> str:
    """The canonical JSON of the dossier as it stands today."""
    return canonical_json(read(assessment).canonical)


def fingerprint(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def new_code() -> str:
    """« 7K2M-94QX-B3TF »: drawn, so that it tells nothing and cannot be guessed (58 bits)."""
    drawn = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP_LENGTH)]
    return "-".join("".join(drawn[i : i + GROUP_LENGTH]) for i in range(0, len(drawn), GROUP_LENGTH))


def normal_code(typed: str) -> str:
    """The code as it is printed, from what somebody typed: spaces, hyphens and case do not matter."""
    kept = "".join(character for character in typed.upper() if character.isalnum())
    return "-".join(kept[i : i + GROUP_LENGTH] for i in range(0, len(kept), GROUP_LENGTH))


PROSE = ("phrase", "laisse")
"""Sentences of a result. Their wording may improve; a photograph keeps its own, and is compared on the rest."""


def differences(snapshot: Snapshot) -> list[str]:
    """What a recomputation finds different, as French sentences; empty when the photograph says the truth."""
    found = []
    if fingerprint(snapshot.content) != snapshot.sha256:
        found.append("L’empreinte enregistrée n’est pas celle du contenu.")
    data = json.loads(snapshot.content)
    return found + list(_compare("resultat", _facts(data["resultat"]), _facts(recompute(data))))


def _facts(value):
    """The figures, codes and verdicts of a result, without its sentences."""
    if isinstance(value, dict):
        return {name: _facts(each) for name, each in value.items() if name not in PROSE}
    return [_facts(each) for each in value] if isinstance(value, list) else value


def _compare(path: str, kept, computed):
    if isinstance(kept, dict) and isinstance(computed, dict):
        for key in sorted({*kept, *computed}):
            yield from _compare(f"{path}.{key}", kept.get(key), computed.get(key))
    elif kept != computed:
        yield f"{path} : {_shown(kept)} dans la photographie, {_shown(computed)} recalculé."


def _shown(value) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
