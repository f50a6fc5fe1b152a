"""Training examples, made as they are needed: passages about one vehicle with a dozen questions."""

import dataclasses
import random

from passages import passage_set
from questions import Asker
from vehicles import Garage

# PROMPT_SYSTEM in src/answer/prompt.c
SYSTEM = ("Answer from the numbered passages only, in one or two sentences, with each value's unit, and "
          "cite the passage as [n]. If the passages do not hold the answer, say so.")


def render_context(passages):
    """The user's message up to the question."""
    return "Passages:\n\n" + "".join(f"[{i + 1}] {p.title}\n{p.text}\n\n" for i, p in enumerate(passages))


@dataclasses.dataclass(frozen=True)
class Stage:
    """What the curriculum draws from: how many passages, how many facts, how many questions."""

    single: float = 0.75    # share of contexts that have one passage; the others have two or three
    size: tuple = (2, 11)
    length: tuple = (3, 13)   # in sentences
    questions: int = 14


FINAL = Stage()
# A look-up is learned where there is little to look through.
EARLY = Stage(single=0.9, size=(2, 4), length=(1, 4))


class Source:
    """Draws examples from one half of the world."""

    def __init__(self, seed, held, stage=FINAL):
        self.rng = random.Random(seed)
        self.held, self.stage = held, stage
        self.garage = Garage(self.rng, held)
        self.asker = Asker(self.rng, self.garage, held)

    def example(self):
        """(passages, questions)."""
        rng, stage = self.rng, self.stage
        while True:
            count = 1 if rng.random() < stage.single else rng.choice((2, 2, 3))
            passages = passage_set(rng, self.garage, self.held, count, rng.randint(*stage.size), stage.length)
            questions = [self.asker.ask(passages) for _ in range(stage.questions)]
            questions = [q for q in questions if q]
            if questions:
                return passages, questions


if __name__ == "__main__":
    import sys
    source = Source(int(sys.argv[1]) if len(sys.argv) > 1 else 0, held=len(sys.argv) > 2)
    for _ in range(3):
        passages, questions = source.example()
        print(render_context(passages))
        for q in questions:
            print("Q:", q.text, "\nA:", f"{q.begin} | {q.span} [{q.cite}]")
        print("=" * 60)
