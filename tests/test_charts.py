"""Charts are exact, escaped, named, small, and painted without a single inline style."""

from datetime import date
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.reports.charts import (
    PRINT,
    SCREEN,
    Moment,
    Reading,
    Svg,
    bar,
    columns,
    gantt_row,
    radar,
    timeline,
    trend,
)
from tests.dossiers import PROVED

CHAPTERS = ("PER", "GOU", "DEO", "INT", "COM", "MAN", "TRA", "UTS", "QUA")
TODAY = date(2026, 11, 21)
CYCLE = [
    *(Moment(date(2026, month, 16), "Jalon") for month in (2, 5, 9, 12)),
    Moment(date(2027, 3, 16), "Audit initial", "16 mars 2027", big=True),
    Moment(date(2029, 3, 16), "Audit à deux ans", "mars 2029", big=True),
    Moment(date(2031, 3, 16), "Renouvellement", "mars 2031", big=True),
]
texts = st.text(st.characters(codec=None))
some_shares = st.one_of(st.none(), st.fractions(0, 1, max_denominator=400))


def parsed(svg: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def with_class(svg: Svg, name: str) -> list[ElementTree.Element]:
    return [node for node in parsed(svg).iter() if node.get("class") == name]


def words(svg: Svg) -> list[str]:
    return [node.text for node in parsed(svg).iter("text")]


def row(start=None, due=None, **more) -> Svg:
    more = {"first_month": date(2026, 11, 1), "months": 6, "today": TODAY} | more
    return gantt_row(start, due, **more)


def boxes(svg: Svg) -> list[tuple[str, float, float]]:
    return [(node.get("class"), float(node.get("x")), float(node.get("width"))) for node in parsed(svg).iter("rect")]


def one_of_each(paint) -> list[Svg]:
    shares = [Fraction(number, 10) for number in range(1, 10)]
    return [
        radar(CHAPTERS, shares, title="Maturité", other=shares[::-1], percents=True, paint=paint),
        radar(CHAPTERS, [None, *shares[1:]], title="Maturité", other=[None, *shares[1:]], paint=paint),
        bar(Fraction(1, 3), title="Un tiers", paint=paint),
        columns([0, 2, 5, 10, 1], mark=2, title="Niveaux", paint=paint),
        timeline(CYCLE, TODAY, title="Cycle", paint=paint),
        row(TODAY, date(2027, 1, 15), audit=date(2027, 3, 16), done=Fraction(1, 2), title="Une action", paint=paint),
        row(TODAY, date(2027, 1, 15), done=Fraction(1, 2), blocking=True, title="Une action", paint=paint),
        trend([Reading(TODAY, Fraction(1, 2)), Reading(date(2027, 1, 1), Fraction(2, 3))], title="Suite", paint=paint),
    ]


# What holds of every chart


@pytest.mark.parametrize("paint", [SCREEN, PRINT], ids=["screen", "print"])
def test_each_chart_is_a_named_image_without_style_and_weighs_little(paint):
    for svg in one_of_each(paint):
        root = parsed(svg)
        assert (root.get("role"), root[0].tag, len(root[0].text) > 0) == ("img", "title", True)
        assert [name for node in root.iter() for name in node.attrib if name == "style" or name.startswith("on")] == []
        assert len(svg.encode()) < 8192


def test_screens_are_painted_by_classes_and_print_by_attributes():
    for screen, paper in zip(one_of_each(SCREEN), one_of_each(PRINT), strict=True):
        assert [node.get("fill") or node.get("stroke") for node in parsed(screen).iter()] == [None] * len(
            list(parsed(screen).iter())
        )
        assert [node for node in parsed(paper).iter() if node.get("class")] == []
        assert [node.tag for node in parsed(screen).iter()] == [node.tag for node in parsed(paper).iter()]


def test_every_role_is_painted_on_both_and_used():
    assert list(SCREEN) != []
    assert set(SCREEN) == set(PRINT)
    used = {node.get("class") for svg in one_of_each(SCREEN) for node in parsed(svg).iter()}
    assert set(SCREEN) - used == set()


def test_a_template_prints_a_chart_as_it_is():
    svg = bar(Fraction(1, 2), title="a < b & « c »")
    assert svg.__html__() == svg
    assert "<title>a &lt; b &amp; « c »</title>" in svg


@PROVED
@given(st.lists(st.tuples(texts, some_shares), max_size=12), texts, st.sampled_from([SCREEN, PRINT]))
def test_any_text_and_any_share_make_well_formed_svg(axes, title, paint):
    labels, shares = [label for label, _ in axes], [share for _, share in axes]
    root = parsed(radar(labels, shares, title=title, other=shares[::-1], percents=True, paint=paint))
    assert len(list(root.iter("text"))) == 2 * len(axes)
    parsed(timeline([Moment(TODAY, label, title, big=True) for label in labels], TODAY, title=title, paint=paint))


# Radar


def test_radar_goes_clockwise_from_the_top():
    (shape,) = with_class(radar("NESO", [Fraction(1), Fraction(1, 2), Fraction(0), Fraction(1)], title="Rose"), "me")
    assert (shape.tag, shape.get("points")) == ("polygon", "180,36 245,166 180,166 50,166")


def test_radar_of_two_readings_tells_them_apart_by_shape_and_dot():
    svg = radar("ABC", [Fraction(1, 2)] * 3, title="Deux lectures", other=[Fraction(1, 4)] * 3)
    assert [len(with_class(svg, name)) for name in ("me", "me-dot", "other", "other-dot")] == [1, 3, 1, 3]


def test_radar_leaves_the_line_open_where_there_is_no_figure():
    half = Fraction(1, 2)
    svg = radar("ABCDE", [half, half, None, half, None], title="Trous", percents=True)
    assert [(node.tag, node.get("x1"), node.get("y1")) for node in with_class(svg, "me")] == [("line", "180", "101")]
    assert len(with_class(svg, "me-dot")) == 3
    assert words(svg) == ["A", "50\u202f%", "B", "50\u202f%", "C", "–", "D", "50\u202f%", "E", "–"]


def test_radar_refuses_a_reading_of_another_length():
    with pytest.raises(ValueError, match="zip"):
        radar("ABC", [Fraction(1)], title="Court")


# Bar


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(None, []), (Fraction(0), []), (Fraction(5, 8), [("bar", 0.0, 62.5)]), (Fraction(1), [("bar", 0.0, 100.0)])],
)
def test_bar(share, drawn):
    assert boxes(bar(share, title="Part")) == drawn


# Timeline


def test_timeline_is_to_scale_and_labels_the_big_moments():
    svg = timeline(CYCLE, TODAY, title="Cycle de quatre ans")
    assert words(svg) == [
        *("2027", "2028", "2029", "2030", "2031", "2026"),
        *("Audit initial", "16 mars 2027", "Audit à deux ans", "mars 2029", "Renouvellement", "mars 2031"),
        "Aujourd’hui",
    ]
    assert [node.get("cx") for node in with_class(svg, "pt-done")] == ["6", "44.8", "98.4"]
    assert [node.get("cx") for node in with_class(svg, "pt")] == ["138.1"]
    assert [node.get("cx") for node in with_class(svg, "pt-big")] == ["177.3", "495.9", "814"]
    (past,) = with_class(svg, "past")
    (now,) = with_class(svg, "now")
    assert past.get("x2") == now.get("x1") == "127.2"


def test_timeline_leaves_out_a_label_that_would_run_into_another():
    close = [*CYCLE, Moment(date(2027, 4, 16), "Visite", "avril 2027", big=True)]
    svg = timeline(close, TODAY, title="Cycle")
    assert "Visite" not in words(svg)
    assert len(with_class(svg, "pt-big")) == 4


def test_timeline_outside_its_days():
    before, after = (timeline(CYCLE, day, title="Cycle") for day in (date(2025, 1, 1), date(2033, 1, 1)))
    assert (with_class(before, "now"), with_class(before, "past")) == ([], [])
    assert (with_class(after, "now"), with_class(after, "past")[0].get("x2")) == ([], "814")


def test_timeline_of_nothing_and_of_one_day():
    assert len(parsed(timeline([], TODAY, title="Rien"))) == 1
    assert (
        with_class(timeline([Moment(TODAY, "Audit", big=True)], TODAY, title="Un jour"), "pt-big")[0].get("cx") == "6"
    )


# Gantt


def test_gantt_bar_lies_between_its_days_both_included():
    assert boxes(row(date(2026, 11, 13), date(2026, 12, 18))) == [("g-todo", 40.0, 118.1)]
    assert boxes(row(date(2026, 11, 1), date(2027, 4, 30))) == [("g-todo", 0.0, 600.0)]


def test_gantt_bar_shows_what_is_done_and_what_blocks():
    assert boxes(row(date(2026, 12, 1), date(2026, 12, 31), done=Fraction(1, 4))) == [
        ("g-todo", 100.0, 100.0),
        ("g-part", 100.0, 25.0),
    ]
    assert boxes(row(date(2026, 12, 1), date(2026, 12, 31), done=1, blocking=True)) == [
        ("g-first-o", 100.0, 100.0),
        ("g-first", 100.0, 100.0),
    ]


@pytest.mark.parametrize(
    ("start", "due", "drawn"),
    [
        (date(2026, 10, 1), date(2026, 11, 30), [("g-todo", 0.0, 100.0)]),
        (date(2027, 4, 1), date(2028, 1, 1), [("g-todo", 500.0, 100.0)]),
        (date(2025, 1, 1), date(2026, 10, 31), []),
        (date(2027, 5, 1), date(2027, 6, 1), []),
        (None, date(2026, 12, 31), [("g-todo", 175.0, 25.0)]),
        (date(2026, 11, 30), None, [("g-todo", 96.7, 3.3)]),
        (None, None, []),
    ],
)
def test_gantt_bar_is_cut_at_the_edges_and_copes_with_a_missing_day(start, due, drawn):
    assert boxes(row(start, due)) == drawn


def test_gantt_marks_today_and_the_audit_inside_the_months_shown():
    svg = row(audit=date(2027, 3, 16))
    assert [with_class(svg, name)[0].get("x1") for name in ("g-today", "g-audit")] == ["66.7", "448.4"]
    assert with_class(row(audit=date(2029, 3, 16), today=date(2020, 1, 1)), "g-audit") == []
    assert len(with_class(svg, "g-grid")) == 6


def test_gantt_is_hidden_from_screen_readers_unless_it_is_named():
    assert (parsed(row()).get("aria-hidden"), parsed(row()).get("role")) == ("true", None)
    assert parsed(row(title="Du 1er au 3 mars")).get("aria-hidden") is None


# Trend


def test_trend_breaks_where_the_rules_change():
    svg = trend(
        [
            Reading(date(2026, 1, 1), Fraction(1, 2), "a"),
            Reading(date(2025, 1, 1), Fraction(1, 4), "a"),
            Reading(date(2027, 1, 1), Fraction(3, 4), "b"),
        ],
        title="Maturité",
    )
    assert [(node.get("x1"), node.get("y1"), node.get("x2"), node.get("y2")) for node in with_class(svg, "me")] == [
        ("72", "119", "423", "88")
    ]
    assert [node.get("cx") for node in with_class(svg, "me-dot")] == ["72", "423", "774"]
    assert words(svg)[3:] == ["25\u202f%", "50\u202f%", "75\u202f%"]


def test_trend_of_one_reading_is_a_dot():
    svg = trend([Reading(TODAY, Fraction(1))], title="Une fois")
    assert (len(with_class(svg, "me")), len(with_class(svg, "me-dot"))) == (0, 1)


# Columns


def test_columns_are_to_scale_and_none_is_invisible():
    svg = columns([0, 2, 500, 1000, 250], mark=3)
    assert [(node.get("x"), node.get("y"), node.get("height")) for node in parsed(svg).iter("rect")] == [
        ("28", "30", "2"),
        ("52", "17", "15"),
        ("76", "2", "30"),
        ("100", "24.5", "7.5"),
    ]
    assert [node.get("cx") for node in with_class(svg, "other-dot")] == ["84"]
    assert parsed(svg).get("aria-hidden") == "true"


def test_columns_of_nothing_are_a_line():
    assert len(list(parsed(columns([0, 0])).iter("rect"))) == 0
