"""Two editions side by side: criterion by criterion, word by word."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from referentiel.content import Content, CriterionContent

SAME, REMOVED, ADDED = "", "del", "ins"
NEW, CHANGED, MOVED, DROPPED, IDENTICAL = "nouveau", "modifie", "deplace", "supprime", "identique"
KINDS = {
    CHANGED: ("modifié", "modifiés"),
    MOVED: ("déplacé seulement", "déplacés seulement"),
    NEW: ("nouveau", "nouveaux"),
    DROPPED: ("supprimé", "supprimés"),
    IDENTICAL: ("identique", "identiques"),
}
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind` is « ins », « del » or empty for what both say."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One text that differs."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion and what becomes of it; `passages` are empty when only its place changed, or nothing."""

    kind: str
    old: CriterionContent | None
    new: CriterionContent | None
    old_chapter: str
    new_chapter: str
    passages: tuple[Passage, ...]

    @property
    def criterion(self) -> CriterionContent:
        return self.new or self.old

    @property
    def word(self) -> str:
        return KINDS[self.kind][0]


@dataclass(frozen=True)
class Comparison:
    """From `old` to `new`: what changes around the criteria, then every criterion in the order of `new`, the dropped ones last."""

    old: Content
    new: Content

    @cached_property
    def frame(self) -> tuple[Passage, ...]:
        return tuple(passages(dict(_frame(self.old)), dict(_frame(self.new))))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        lines = [self._line(criterion) for criterion in self.new.criteria]
        kept = self.new.criterion_by_key
        return (*lines, *(self._dropped(each) for each in self.old.criteria if each.key not in kept))

    @cached_property
    def counts(self) -> list[tuple[str, str, int]]:
        """(kind, its name in the right number, how many)."""
        found = Counter(line.kind for line in self.lines)
        return [(kind, names[found[kind] > 1], found[kind]) for kind, names in KINDS.items()]

    def of_kinds(self, kinds: set[str]) -> list[Line]:
        return [line for line in self.lines if line.kind in kinds]

    def _line(self, new: CriterionContent) -> Line:
        chapter = self.new.chapter_of(new).title
        old = self.old.criterion_by_key.get(new.key)
        if old is None:
            return Line(NEW, None, new, "", chapter, tuple(passages({}, dict(told(new, self.new)))))
        before = self.old.chapter_of(old)
        found = tuple(passages(dict(told(old, self.old)), dict(told(new, self.new))))
        moved = before.key != self.new.chapter_of(new).key or self._rank(old, self.old) != self._rank(new, self.new)
        kind = CHANGED if found else MOVED if moved else IDENTICAL
        return Line(kind, old, new, before.title, chapter, found)

    def _rank(self, criterion: CriterionContent, content: Content) -> int:
        """Its place among the criteria of its chapter that both editions have there."""
        chapter = content.chapter_of(criterion)
        other = self.new if content is self.old else self.old
        return [
            each.key
            for each in chapter.criteria
            if (
                each.key in other.criterion_by_key
                and other.chapter_of(other.criterion_by_key[each.key]).key == chapter.key
            )
            or each.key == criterion.key
        ].index(criterion.key)

    def _dropped(self, old: CriterionContent) -> Line:
        return Line(
            DROPPED, old, None, self.old.chapter_of(old).title, "", tuple(passages(dict(told(old, self.old)), {}))
        )


def passages(old: dict[str, str], new: dict[str, str]) -> Iterator[Passage]:
    """The texts that differ, in the order of the newer, then those it no longer has."""
    for label in (*new, *(label for label in old if label not in new)):
        before, after = old.get(label, ""), new.get(label, "")
        if before != after:
            yield Passage(label, tuple(words(before, after)))


def words(old: str, new: str) -> list[Piece]:
    """Both texts as one: what is kept, what is removed, what is added. Two words hardly alike are replaced, not mixed."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if left and right and matcher.ratio() < 0.3:
        return [Piece(REMOVED, old), Piece(ADDED, new)]
    pieces = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(SAME, "".join(left[a:b])))
            continue
        pieces += [
            piece for piece in (Piece(REMOVED, "".join(left[a:b])), Piece(ADDED, "".join(right[c:d]))) if piece.text
        ]
    return pieces


def told(criterion: CriterionContent, content: Content) -> Iterator[tuple[str, str]]:
    """(label, text) of everything a criterion says; nothing for what it leaves empty."""
    said = [
        ("Code", criterion.code),
        ("Titre", criterion.title),
        ("Énoncé", criterion.statement),
        *((f"Niveau {each.value}", each.text) for each in criterion.descriptors),
        ("Criticité", criterion.criticality_label),
        ("Pourquoi cette criticité", criterion.criticality_reason),
        ("Poids", str(criterion.weight)),
        ("« Non concerné »", f"admis : {criterion.na_condition}" if criterion.na_allowed else "pas admis"),
        ("Registres liés", _labels(criterion.register_keys, content)),
        ("Seulement si un registre est déclaré", _labels(criterion.applicable_register_keys, content)),
        ("Preuves attendues", "\n".join(_evidence(each) for each in criterion.expected_evidence)),
        ("Actions types", "\n".join(_action(each) for each in criterion.suggested_actions)),
        ("Pour y réfléchir", "\n".join(criterion.guiding_questions)),
        ("Questions d’entretien", "\n".join(f"{each.role} : {each.question} {each.expected}" for each in criterion.interview_questions)),
        ("Fonctions interrogées", ", ".join(criterion.interviewed_roles)),
        ("Nature", f"{criterion.nature_label}, confiance {criterion.confidence_label.lower()}"),
        ("Sources", "\n".join(criterion.sources)),
    ]  # fmt: skip
    yield from ((label, text) for label, text in said if text)


def _labels(keys, content: Content) -> str:
    return ", ".join(content.register_by_key[key].label for key in keys)


def _evidence(expected) -> str:
    months = f", {expected.validity_months} mois" if expected.validity_months else ""
    return f"{expected.label} ({expected.kind}, {'obligatoire' if expected.required else 'facultative'}{months})"


def _action(action) -> str:
    days = f"{action.effort_days.normalize():f}".replace(".", ",")
    return f"{action.title} ({days} j, niveau {action.target_level}). {action.detail}"


def _frame(content: Content) -> Iterator[tuple[str, str]]:
    """(label, text) of what surrounds the criteria: cover, scale, rules, registers, chapters."""
    yield "Avertissement", content.notice
    yield "Échelle", "\n".join(f"{level.value} {level.label} : {level.description}" for level in content.levels)
    for criticality, row in content.rules.get("constats", {}).items():
        yield (
            f"Constats, critère {criticality}",
            ", ".join(f"{level} : {finding}" for level, finding in sorted(row.items())),
        )
    for group in ("seuils", "registres", "non_concerne", "chemin"):
        for name, value in content.rules.get(group, {}).items():
            if name == "critere":
                criterion = content.criterion_by_key.get(value)
                value = criterion.code if criterion else "aucun"
            yield RULES.get((group, name), name), str(value)
    yield "Chapitres", "\n".join(f"{chapter.code} {chapter.title}" for chapter in content.chapters)
    for chapter in content.chapters:
        yield f"Présentation du chapitre {chapter.code}", chapter.introduction
    for register in content.registers:
        yield f"Registre {register.code}", f"{register.label}. {register.definition}"
    questions = content.eligibility.get("questions", ())
    yield "Questionnaire d’éligibilité", "\n".join(each["question"] for each in questions)
    yield "Cycle, jalons", "\n".join(each.get("titre", "") for each in content.cycle.get("jalons", ()))


RULES = {
    ("seuils", "mineures_max"): "Non-conformités mineures admises",
    ("seuils", "niveau_preuve_min"): "Niveau à partir duquel les preuves sont exigées",
    ("registres", "minimum"): "Registres couverts, au moins",
    ("registres", "mois"): "Âge d’une preuve de registre, en mois",
    ("registres", "critere"): "Critère des registres",
    ("non_concerne", "justification_min"): "Justification d’un « non concerné », en caractères",
    ("chemin", "jours_par_preuve"): "Jours pour une preuve manquante",
}
