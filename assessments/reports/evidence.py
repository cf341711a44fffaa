"""The pieces to gather: required and missing, expired, to renew soon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assessments.reports.detail import RENEWAL_NOTICE
from assessments.reports.frame import Source
from assessments.reports.typography import counted, figures_date, sentence, tied, two_columns
from assessments.scoring import CriterionInput, EvidenceStatus, ExpectedEvidence, expiry, missing_required
from certif.dates import long_date


@dataclass(frozen=True)
class Piece:
    """A required piece of a criterion; `day` is when it stopped, or will stop, being valid."""

    sign: str
    code: str
    title: str
    day: str = ""
    dated: str = ""


@dataclass(frozen=True)
class Gathering:
    lead: str
    until: str
    missing: tuple[Piece, ...]
    expired: tuple[Piece, ...]
    renew: tuple[Piece, ...]

    @property
    def missing_columns(self) -> tuple[tuple[tuple[Piece, ...], ...], ...]:
        return two_columns(self.missing)


def gathering(source: Source) -> Gathering:
    rated = [criterion for criterion in source.dossier.criteria if criterion.rated]
    gaps = [(criterion, gap) for criterion in rated for gap in missing_required(criterion, source.on)]
    missing = tuple(
        Piece(source.sign(criterion.code), criterion.code, gap.expected.label)
        for criterion, gap in gaps
        if gap.status == EvidenceStatus.MISSING
    )
    expired = sorted(
        (
            (gap.expired_on, criterion.code, gap.expected.label)
            for criterion, gap in gaps
            if gap.status == EvidenceStatus.EXPIRED
        )
    )
    renew = sorted(_renewals(source, rated))
    return Gathering(
        lead=_lead(source, len(missing), len(expired), len(renew)),
        until=long_date(source.on + RENEWAL_NOTICE),
        missing=missing,
        expired=tuple(Piece(source.sign(code), code, label, figures_date(day)) for day, code, label in expired),
        renew=tuple(
            Piece(source.sign(code), code, label, figures_date(day), figures_date(dated) if dated else "")
            for day, code, label, dated in renew
        ),
    )


def last_valid_day(criterion: CriterionInput, expected: ExpectedEvidence, on: date) -> date | None:
    """When the best piece filed for `expected` stops being valid; None when there is none, or when it never does."""
    ends = [
        expiry(piece, expected) or date.max
        for piece in criterion.evidence
        if piece.expected_key == expected.key and (piece.effective_on is None or piece.effective_on <= on)
    ]
    return max(ends) if ends and max(ends) != date.max else None


def _renewals(source: Source, rated: Iterable[CriterionInput]) -> Iterable[tuple]:
    for criterion in rated:
        for expected in criterion.expected:
            end = last_valid_day(criterion, expected, source.on)
            if end and source.on <= end <= source.on + RENEWAL_NOTICE:
                dates = [piece.effective_on for piece in criterion.evidence if piece.expected_key == expected.key]
                yield end, criterion.code, expected.label, max((day for day in dates if day), default=None)


def _lead(source: Source, missing: int, expired: int, renew: int) -> str:
    filed = sum(len(criterion.evidence) for criterion in source.dossier.criteria)
    if not filed:
        return "Aucune preuve n’est encore déposée. Commencez par celles que vous avez sous la main : elles existent presque toujours."
    begin = sentence(counted(filed, "preuve est déposée", "preuves sont déposées", feminine=True))
    if not (missing or expired or renew):
        return tied(f"{begin}. Aucune pièce obligatoire ne manque ni n’arrive à échéance dans les trois mois.")
    parts = []
    if missing:
        parts.append(counted(missing, "pièce obligatoire manque", "pièces obligatoires manquent", feminine=True))
    if expired:
        parts.append(f"{counted(expired, 'est périmée', 'sont périmées', feminine=True)}")
    if renew:
        until = long_date(source.on + RENEWAL_NOTICE)
        parts.append(f"{counted(renew, 'arrive', 'arrivent', feminine=True)} à échéance avant le {until}")
    return tied(f"{begin}. {sentence(', '.join(parts[:-1]) + ' et ' + parts[-1] if len(parts) > 1 else parts[0])}.")
