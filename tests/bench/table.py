"""The one table a run prints at its end: each figure, its floor measured in the same run, their ratio, the target."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """`target` is the highest ratio (or figure) allowed; None when the line only informs."""

    code: str
    work: str
    figure: str
    floor: str = ""
    ratio: float | None = None
    target: float | None = None
    unit: str = "×"

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "tenu" if self.ratio <= self.target else "manqué"


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, code: str, work: str, figure: str, floor: str = "", **more) -> None:
        self.rows.append(Row(code, work, figure, floor, **more))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def lines(self) -> list[str]:
        head = ("", "mesure", "chiffre", "plancher", "rapport", "cible", "")
        body = [
            (
                row.code,
                row.work,
                row.figure,
                row.floor,
                _number(row.ratio, row.unit),
                f"≤ {_number(row.target, row.unit)}" if row.target is not None else "",
                row.verdict,
            )
            for row in sorted(self.rows, key=lambda row: row.code)
        ]
        widths = [max(len(line[place]) for line in [head, *body]) for place in range(len(head))]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in [head, *body]]
        return [table[0], "─" * max(map(len, table)), *table[1:], "", *(f"· {note}" for note in self.notes)]


def milliseconds(seconds: float) -> str:
    value = seconds * 1000
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} ms".replace(",", " ").replace(".", ",")


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if float(value).is_integer() and unit != "×" else 2 if value < 10 else 1
    return f"{value:.{digits}f}".replace(".", ",") + (f" {unit}" if unit else "")
