"""Who may do what on a dossier: one question, one boolean.

The role comes from `Assessment.objects.visible_to(user)`, which annotates `member_role`;
whether the dossier’s state allows it is `Assessment.is_writable` and the workflow’s table.
"""

from assessments.models import Assessment
from certif.accounts.models import Role


def can_write(assessment: Assessment) -> bool:
    """Answer, file evidence, plan actions."""
    return assessment.member_role in (Role.OWNER, Role.CONTRIBUTOR)


def can_manage(assessment: Assessment) -> bool:
    """Close, reopen, share, transmit, delete."""
    return assessment.member_role == Role.OWNER


def is_member(assessment: Assessment) -> bool:
    """Belongs to the structure, as opposed to an advisor reading a shared dossier."""
    return assessment.member_role is not None


def can_read_files(assessment: Assessment) -> bool:
    """Open the pieces of evidence: members, and advisors the dossier is shared with, files included."""
    return is_member(assessment) or assessment.files_shared
