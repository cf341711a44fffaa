"""Template tags of the evidence: the section of one criterion, wherever it is shown."""

from django import template

from assessments import permissions
from assessments.evidence import shows
from assessments.forms.evidence import FileForm
from assessments.library import expected_of, horizon, validity
from certif.dates import today
from certif.limits import EVIDENCE_BYTES

register = template.Library()


@register.simple_tag(takes_context=True)
def evidence_section(context) -> dict:
    """What `_criterion_evidence.html` shows; needs `assessment`, `criterion` and `uses` (with their evidence)."""
    assessment, criterion = context["assessment"], context["criterion"]
    on = today()
    until = horizon(assessment, on)
    lines = []
    for use in context["uses"]:
        expected = expected_of(criterion, use.expected_id)
        stands = validity(use.evidence, [expected], on=on, horizon=until)
        shown = shows(use.evidence)
        lines.append({"use": use, "piece": use.evidence, "expected": expected, "validity": stands, "shows": shown})
    valid = {line["expected"].id for line in lines if line["expected"] and line["validity"].stands}
    return {
        "lines": lines,
        "expected": [(expected, expected.id in valid) for expected in criterion.expected_evidence],
        "met": len(valid),
        "met_word": "réunies" if len(valid) > 1 else "réunie",
        "max_bytes": EVIDENCE_BYTES,
        "form": context.get("piece_form") or FileForm(criterion=criterion, auto_id="piece_%s"),
        "known": context.get("known"),
        "notice": context.get("notice", ""),
        "refusal": context.get("refusal", ""),
        "opens_files": permissions.can_read_files(assessment),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
    }
