"""The tables of a dossier. Each file has one subject and uses only those above it."""

from assessments.models.assessment import Assessment, RegisterDeclaration, Share
from assessments.models.answer import Answer, AnswerVersion, Outcome
from assessments.models.talk import Comment, Thread, ThreadRead
from assessments.models.review import OpinionVersion, RequestKind, ReviewRequest, ReviewerOpinion, StockRemark
from assessments.models.evidence import Evidence, EvidenceUse
from assessments.models.action import Action, CalendarFeed
from assessments.models.record import ChainHead, Document, Event, Snapshot
from assessments.models.move import Move
from assessments.models.notice import Cadence, Notice, NoticeKind, NoticePreference
from assessments.models.follow import Campaign, CampaignPlace, Release, SavedView, Standing, Upkeep

__all__ = [
    "Action",
    "Answer",
    "AnswerVersion",
    "Assessment",
    "Cadence",
    "CalendarFeed",
    "Campaign",
    "CampaignPlace",
    "ChainHead",
    "Comment",
    "Document",
    "Event",
    "Evidence",
    "EvidenceUse",
    "Move",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OpinionVersion",
    "Outcome",
    "RegisterDeclaration",
    "Release",
    "RequestKind",
    "ReviewRequest",
    "ReviewerOpinion",
    "SavedView",
    "Share",
    "Snapshot",
    "Standing",
    "StockRemark",
    "Thread",
    "ThreadRead",
    "Upkeep",
]
