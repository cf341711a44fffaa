"""The tables of the norm, its private wordings, and the passage from one edition to the next."""

from referentiel.models.mapping import Fate, Mapping, MappingLine
from referentiel.models.norm import (
    Chapter,
    Confidence,
    Criterion,
    Criticality,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Nature,
    Register,
    Seal,
    Standard,
    SuggestedAction,
)
from referentiel.models.private import OfficialText

__all__ = [
    "Chapter",
    "Confidence",
    "Criterion",
    "Criticality",
    "Edition",
    "ExpectedEvidence",
    "Fate",
    "InterviewQuestion",
    "Level",
    "LevelDescriptor",
    "Mapping",
    "MappingLine",
    "Nature",
    "OfficialText",
    "Register",
    "Seal",
    "Standard",
    "SuggestedAction",
]
