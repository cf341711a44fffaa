"""Finding criteria by words: no accent, no plural, no capital matters, and a slip of the finger is forgiven.

Works on the content held in memory; a query costs no SQL.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from referentiel.content import Content, CriterionContent

QUERY_MAX = 200
EXCERPT = 180
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"([^\W\d_]+)\W*0*(\d+)")
# Too common to tell one criterion from another.
_EMPTY = frozenset(
    _WORD.findall(
        "a au aux avec ce ces cette dans de des du elle en est et il ils l la le les leur leurs n ne nos notre nous on ou "
        "par pas pour que qui s sa se ses son sont sur un une vos votre vous y d j m t c qu"
    )
)
# What people type for what the grid spells out.
_SPELLED = {
    "rgpd": "données personnelles",
    "cnil": "données personnelles",
    "dpo": "référent protection des données",
    "duerp": "évaluation des risques",
    "rh": "ressources humaines",
    "afnor": "certification",
}


@dataclass(frozen=True)
class Passage:
    """A text of a criterion: where it stands, how much a word found there weighs."""

    place: str
    text: str
    weight: int
    words: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A criterion found; `place` and `excerpt` show where when neither the title nor the statement does."""

    criterion: CriterionContent
    chapter_title: str
    place: str
    excerpt: str


@dataclass(frozen=True)
class Findings:
    """`words` are those to highlight; `replaced` pairs a typed word that exists nowhere with the one understood."""

    hits: tuple[Hit, ...]
    words: frozenset[str]
    replaced: tuple[tuple[str, str], ...]


def plain(text: str) -> str:
    """« Évaluées à l’œuvre » → « evaluees a l’oeuvre »."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def root(word: str) -> str:
    """The word without accents nor the marks of plural and feminine: « personnelles » → « personnel »."""
    word = plain(word)
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > 5:
        return word.removesuffix("aux") + "al"
    bare = word[:-1] if word.endswith(("s", "x")) else word
    bare = bare.rstrip("e")
    if len(bare) < 3:
        return word
    return bare[:-1] if len(bare) > 4 and bare.endswith(("ell", "enn", "ett")) else bare


def roots(text: str) -> list[str]:
    return [root(word) for word in _WORD.findall(text)]


class Index:
    """The words of an edition, ready to be looked up."""

    def __init__(self, content: Content):
        self.content = content
        self.passages = {criterion.code: tuple(_passages(criterion)) for criterion in content.criteria}

    @cached_property
    def vocabulary(self) -> dict[str, str]:
        """Every root of the edition, with a word that has it."""
        return {
            root(word): word.casefold()
            for passages in self.passages.values()
            for each in passages
            for word in _WORD.findall(each.text)
        }

    def find(self, query: str) -> Findings:
        query = query[:QUERY_MAX]
        exact = self._by_code(query)
        if exact:
            return Findings((self._hit(exact, frozenset()),), frozenset(), ())
        wanted, replaced = [], []
        for word in _WORD.findall(query):
            if plain(word) in _EMPTY:
                continue
            bare = root(word)
            if any(known.startswith(bare) for known in self.vocabulary):
                wanted.append(bare)
                continue
            understood = _SPELLED.get(plain(word)) or self._closest(bare)
            wanted += [each for each in roots(understood) if each not in _EMPTY] if understood else [bare]
            if understood:
                replaced.append((word, understood))
        return Findings(self._rank(wanted), frozenset(wanted), tuple(replaced))

    def _by_code(self, query: str) -> CriterionContent | None:
        """« per 8 », « PER08 » and « per-08 » all name PER-08."""
        names = {_bare_code(criterion.code): criterion for criterion in self.content.criteria}
        return names.get(_bare_code(query))

    def _closest(self, bare: str) -> str | None:
        """The known word, as it is written, that looks most like this unknown root; None when nothing comes close."""
        if len(bare) < 4:
            return None
        close = difflib.get_close_matches(bare, self.vocabulary, n=1, cutoff=0.75)
        return self.vocabulary[close[0]] if close else None

    def _rank(self, wanted: list[str]) -> tuple[Hit, ...]:
        """Criteria that hold every word, best first; when none does, those that hold the most."""
        if not wanted:
            return ()
        found = []
        for criterion in self.content.criteria:
            scores = [
                max((each.weight for each in self.passages[criterion.code] if _holds(each, word)), default=0)
                for word in wanted
            ]
            held = sum(score > 0 for score in scores)
            if held:
                found.append((held, sum(scores), criterion))
        most = max((held for held, _score, _criterion in found), default=0)
        kept = sorted((row for row in found if row[0] == most), key=lambda row: (-row[1], row[2].number))
        return tuple(self._hit(criterion, frozenset(wanted)) for _held, _score, criterion in kept)

    def _hit(self, criterion: CriterionContent, wanted: frozenset[str]) -> Hit:
        place = excerpt = ""
        shown = {word for each in self.passages[criterion.code][:2] for word in wanted if _holds(each, word)}
        missing = wanted - shown
        if missing:
            best = max(
                self.passages[criterion.code][2:],
                key=lambda each: (sum(_holds(each, word) for word in missing), each.weight),
                default=None,
            )
            if best and any(_holds(best, word) for word in missing):
                place, excerpt = best.place, _excerpt(best.text, missing)
        return Hit(criterion, self.content.chapter_of(criterion).title, place, excerpt)


def _bare_code(text: str) -> str:
    match = _CODE.fullmatch(plain(text).strip())
    return match[1] + match[2] if match else plain(text).strip()


def _holds(passage: Passage, word: str) -> bool:
    return any(known.startswith(word) for known in passage.words)


def _passages(criterion: CriterionContent):
    def passage(place: str, text: str, weight: int) -> Passage:
        return Passage(place, text, weight, frozenset(roots(text)))

    yield passage("Titre", f"{criterion.code} {criterion.title}", 8)
    yield passage("Énoncé", criterion.statement, 5)
    for question in criterion.guiding_questions:
        yield passage("Question", question, 3)
    for descriptor in criterion.descriptors:
        yield passage(f"Niveau {descriptor.value} {descriptor.label}", descriptor.text, 2)
    for expected in criterion.expected_evidence:
        yield passage("Preuve attendue", expected.label, 3)
    for action in criterion.suggested_actions:
        yield passage("Action possible", f"{action.title}. {action.detail}", 1)
    for question in criterion.interview_questions:
        yield passage(f"Entretien, {question.role}", f"{question.question} {question.expected}", 1)


def _excerpt(text: str, wanted: frozenset[str] | set[str]) -> str:
    """At most `EXCERPT` characters around the first word found, cut between words."""
    if len(text) <= EXCERPT:
        return text
    at = next((match.start() for match in _WORD.finditer(text) if _matches(match[0], wanted)), 0)
    start = max(0, min(at - EXCERPT // 2, len(text) - EXCERPT))
    if start:
        start = text.index(" ", start) + 1 if " " in text[start:at] else at
    end = min(len(text), start + EXCERPT)
    if end < len(text):
        end = text.rfind(" ", start, end)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _matches(word: str, wanted: frozenset[str] | set[str]) -> bool:
    bare = root(word)
    return any(bare.startswith(each) for each in wanted)


def pieces(text: str, wanted: frozenset[str]) -> list[tuple[str, bool]]:
    """The text cut into pieces, each with whether it is a word that was looked for."""
    cut, last = [], 0
    for match in _WORD.finditer(text):
        if wanted and _matches(match[0], wanted):
            cut += [(text[last : match.start()], False), (match[0], True)]
            last = match.end()
    return [piece for piece in (*cut, (text[last:], False)) if piece[0]]


_indexes: list[Index] = []
_KEPT = 4


def search(content: Content, query: str) -> Findings:
    """The index of a sealed edition is kept beside its content, as long as that very content is in use."""
    index = next((index for index in _indexes if index.content is content), None)
    if index is None:
        index = Index(content)
        if content.sealed:
            _indexes.append(index)
            del _indexes[:-_KEPT]
    return index.find(query)
