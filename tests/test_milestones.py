"""The certification cycle dated from one audit."""

from datetime import date

import pytest

from assessments.milestones import countdown, cycle_of, opposite

TRAME = {
    "ancres": [
        {"code": "audit_initial", "libelle": "Audit initial", "par_defaut": None},
        {"code": "audit_intermediaire", "libelle": "Audit à deux ans", "par_defaut": {"ancre": "audit_initial", "decalage": "+P2Y"}},
        {"code": "renouvellement", "libelle": "Renouvellement", "par_defaut": {"ancre": "audit_initial", "decalage": "+P4Y"}},
    ],
    "jalons": [
        {"code": code, "titre": code, "description": "", "ancre": anchor, "decalage": offset, "responsable": "direction",
         "lien": ["QUA-01"], "statut": "proposition"}
        for code, anchor, offset in (
            ("C", "renouvellement", "-P1Y"), ("A", "audit_initial", "-P13M"), ("B", "audit_initial", "+P15D"), ("D", "audit_intermediaire", "+P0D"),
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "on", "expected"),
    [
        ("initial", date(2027, 3, 16), ["2027-03-16", "2029-03-16", "2031-03-16"]),
        ("intermediaire", date(2029, 3, 16), ["2027-03-16", "2029-03-16", "2031-03-16"]),
        ("renouvellement", date(2031, 3, 16), ["2027-03-16", "2029-03-16", "2031-03-16"]),
        ("initial", date(2028, 2, 29), ["2028-02-29", "2030-02-28", "2032-02-29"]),
        ("intermediaire", date(2028, 2, 29), ["2026-02-28", "2028-02-29", "2030-02-28"]),
    ],
)
def test_any_audit_dates_the_three(kind, on, expected):
    assert [anchor.on.isoformat() for anchor in cycle_of(TRAME, kind, on).anchors] == expected


def test_only_the_typed_audit_is_given():
    cycle = cycle_of(TRAME, "intermediaire", date(2029, 3, 16))
    assert [anchor.code for anchor in cycle.anchors if anchor.is_given] == ["audit_intermediaire"]


def test_milestones_come_in_the_order_of_time():
    cycle = cycle_of(TRAME, "initial", date(2027, 3, 16))
    assert [(each.code, each.on) for each in cycle.milestones] == [
        ("A", date(2026, 2, 16)),
        ("B", date(2027, 3, 31)),
        ("D", date(2029, 3, 16)),
        ("C", date(2030, 3, 16)),
    ]


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 2, 16), "A"), (date(2026, 2, 17), "B"), (date(2029, 4, 1), "C"), (date(2030, 3, 17), None)],
)
def test_the_next_milestone_includes_its_day(day, code):
    following = cycle_of(TRAME, "initial", date(2027, 3, 16)).next_after(day)
    assert (following and following.code) == code


def test_no_date_or_no_cycle_gives_nothing():
    assert cycle_of(TRAME, "initial", None) is None
    assert cycle_of({"ancres": [], "jalons": []}, "initial", date(2027, 3, 16)) is None


def test_anchors_that_lead_nowhere_are_refused():
    loose = {
        "ancres": [
            *TRAME["ancres"][:1],
            {"code": "x", "libelle": "X", "par_defaut": {"ancre": "y", "decalage": "+P1Y"}},
        ],
        "jalons": [],
    }
    with pytest.raises(ValueError, match="ne mènent pas toutes"):
        cycle_of(loose, "initial", date(2027, 3, 16))


@pytest.mark.parametrize(("duration", "reverse"), [("+P2Y", "-P2Y"), ("-P13M", "P13M"), ("P15D", "-P15D")])
def test_opposite(duration, reverse):
    assert opposite(duration) == reverse


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2026, 11, 21), "L’audit initial est dans 115\u00a0jours, le 16\u00a0mars\u00a02027."),
        (date(2027, 3, 14), "L’audit initial est dans 2\u00a0jours, le 16\u00a0mars\u00a02027."),
        (date(2027, 3, 15), "L’audit initial est demain, le 16\u00a0mars\u00a02027."),
        (date(2027, 3, 16), "L’audit initial est aujourd’hui, le 16\u00a0mars\u00a02027."),
        (date(2027, 3, 17), "L’audit initial a eu lieu hier, le 16\u00a0mars\u00a02027."),
        (date(2027, 3, 26), "L’audit initial a eu lieu il y a 10\u00a0jours, le 16\u00a0mars\u00a02027."),
    ],
)
def test_the_days_before_the_audit_in_french(today, sentence):
    assert countdown("initial", date(2027, 3, 16), today) == sentence


def test_an_audit_without_a_date_says_so():
    assert countdown("renouvellement", None, date(2027, 3, 16)) == "L’audit de renouvellement n’a pas encore de date."
