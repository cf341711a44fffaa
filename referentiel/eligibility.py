"""What the answers to the eligibility questionnaire of an edition mean. Nothing here is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

BLOCKING, TO_CLARIFY, FAVOURABLE = "bloquant", "a_clarifier", "ok"
EFFECTS = {BLOCKING: "Bloquant", TO_CLARIFY: "À clarifier", FAVOURABLE: "Favorable"}
ADVICE = {
    BLOCKING: "Levez d’abord ce qui bloque. L’auto-évaluation peut déjà vous servir de guide, mais la demande attendra.",
    TO_CLARIFY: "Vous pouvez commencer votre auto-évaluation. Réglez ces points avant de déposer votre demande.",
    FAVOURABLE: "Vous pouvez commencer votre auto-évaluation sans réserve.",
}


def _agree(count: int, singular: str, plural: str) -> str:
    return singular if count < 2 else plural


@dataclass(frozen=True)
class Line:
    """One question answered: the choice, its effect and what to do about it."""

    code: str
    question: str
    answer: str
    effect: str
    message: str
    source: str
    sourced: bool
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """`lines` come worst first, then in the order of the questionnaire; `effect` is the worst of theirs."""

    effect: str
    lines: tuple[Line, ...]

    def count(self, effect: str) -> int:
        return sum(line.effect == effect for line in self.lines)

    @property
    def sentence(self) -> str:
        blocking, unclear = self.count(BLOCKING), self.count(TO_CLARIFY)
        if blocking:
            return f"À différer : {blocking} {_agree(blocking, 'réponse bloque', 'réponses bloquent')} la demande."
        if unclear:
            return f"Possible : {unclear} {_agree(unclear, 'point', 'points')} à clarifier avant la demande."
        return "Rien ne s’y oppose."

    @property
    def advice(self) -> str:
        return ADVICE[self.effect]

    @property
    def groups(self) -> list[tuple[str, str, list[Line]]]:
        """Effect, its name and its lines, worst first; only those that occur."""
        return [
            (effect, label, [line for line in self.lines if line.effect == effect])
            for effect, label in EFFECTS.items()
            if self.count(effect)
        ]


def judge(eligibility: Mapping, answers: Mapping[str, str]) -> Outcome:
    """The outcome of complete answers (question code → value). The worst effect decides.

    Raises KeyError when a question has no answer or an answer is not one of its choices.
    """
    lines = []
    for question in eligibility["questions"]:
        choices = {choice["valeur"]: choice for choice in question["reponses"]}
        choice = choices[answers[question["code"]]]
        lines.append(
            Line(
                code=question["code"],
                question=question["question"],
                answer=choice["libelle"],
                effect=choice["effet"],
                message=choice["message"],
                source=question["source"],
                sourced=question["statut"] == "sourcé",
                criteria=tuple(question.get("criteres", ())),
            )
        )
    ranks = list(EFFECTS)
    lines.sort(key=lambda line: ranks.index(line.effect))
    worst = lines[0].effect if lines else FAVOURABLE
    return Outcome(worst, tuple(lines))
