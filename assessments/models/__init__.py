"""The tables of a dossier. Each file has one subject and uses only those above it."""

from assessments.models.assessment import Assessment, RegisterDeclaration, Share
from assessments.models.answer import (
    Answer,
    AnswerVersion,
    Comment,
    Outcome,
    ReviewerOpinion,
)
from assessments.models.evidence import Evidence, EvidenceUse
from assessments.models.action import Action, CalendarFeed
from assessments.models.record import Document, Event, Snapshot
from assessments.models.move import Move

__all__ = [
    "Action",
    "Answer",
    "AnswerVersion",
    "Assessment",
    "CalendarFeed",
    "Comment",
    "Document",
    "Event",
    "Evidence",
    "EvidenceUse",
    "Move",
    "Outcome",
    "RegisterDeclaration",
    "ReviewerOpinion",
    "Share",
    "Snapshot",
]
