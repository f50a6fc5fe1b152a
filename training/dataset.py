"""Training batches and the evaluation set, made as they are needed.

An example is one set of passages with a dozen questions. Examples of similar
length are batched together, so that little padding is computed.
"""

import dataclasses
import random

from passages import passage_set
from questions import Asker
from vehicles import Garage

SYSTEM = ("Answer from the numbered passages only, in one or two sentences, with each value's unit, "
          "and cite the passage as [n]. If the passages do not hold the answer, say so.")


def render_context(passages):
    """The user's message up to the question."""
    return "Passages:\n\n" + "".join(f"[{i + 1}] {p.title}\n{p.text}\n\n" for i, p in enumerate(passages))


def render_prompt(passages, question):
    """The whole prompt, as the C program renders it."""
    return (f"<｜begin▁of▁sentence｜>{SYSTEM}<｜User｜>{render_context(passages)}Question: {question}"
            "<｜Assistant｜><think>\n\n</think>\n\n")


@dataclasses.dataclass(frozen=True)
class Stage:
    """What the curriculum draws from: how many passages, how long, how many questions."""

    passages: tuple = (1, 8)
    size: tuple = (3, 24)
    lines: int = 60         # bound on the facts in all passages together
    pairs: float = 0.15     # share of contexts that ask comparisons
    halves: float = 0.0     # share of questions that compare a car at hand with one that is not
    strangers: float = 0.5  # share of refusals that ask of a car that is not there
    single: float = 0.0     # share of contexts that have one passage, beside those drawn
    refusals: float = 0.25  # share of questions without an answer
    questions: int = 12


FINAL = Stage()


class Source:
    """Draws examples from one half of the world."""

    def __init__(self, seed, held, stage=FINAL):
        self.rng = random.Random(seed)
        self.held = held
        self.stage = stage
        self.garage = Garage(self.rng, held)
        self.asker = Asker(self.rng, self.garage, held, stage.strangers)

    def example(self):
        """(passages, questions)."""
        rng, stage = self.rng, self.stage
        while True:
            count = 1 if rng.random() < stage.single else rng.randint(*stage.passages)
            size = rng.randint(*stage.size)
            if count * size > stage.lines:
                size = max(stage.size[0], stage.lines // count)
            passages = passage_set(rng, self.garage, self.held, count, size)
            if not all(p.facts for p in passages):
                continue
            pair = len(passages) > 1 and rng.random() < stage.pairs
            questions = []
            for _ in range(max(4, stage.questions // 2) if pair else stage.questions):
                q = self.asker.ask(passages, pair, rng.random() >= stage.refusals, stage.halves)
                if q:
                    questions.append(q)
            if questions:
                return passages, questions


if __name__ == "__main__":
    import sys
    source = Source(int(sys.argv[1]) if len(sys.argv) > 1 else 0, held=len(sys.argv) > 2)
    for _ in range(3):
        passages, questions = source.example()
        print(render_context(passages))
        for q in questions:
            print("Q:", q.text, "\nA:", "".join(t for t, _ in q.answer), q.expect)
        print("=" * 60)
