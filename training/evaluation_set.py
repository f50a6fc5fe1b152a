"""Writes the committed evaluation set from the half of the world never trained on.

    python evaluation_set.py OUT.jsonl [COUNT] [SEED]

Held out are makes, models, invented attribute names, pairs of a phrasing with an
attribute's name, and a tenth of each range of numbers.
"""

import json
import sys

from dataset import Source, Stage

STAGE = Stage(passages=(1, 8), size=(3, 25), lines=100, pairs=0.15, refusals=0.25, questions=3)


def items(count, seed):
    """`count` items, a quarter of them unanswerable, one or two from a set of passages."""
    source = Source(seed, held=True, stage=STAGE)
    wanted = {True: count - count // 4, False: count // 4}
    number = 0
    while any(wanted.values()):
        passages, questions = source.example()
        taken = 0
        for q in questions:
            if taken == 2 or not wanted[q.answerable]:
                continue
            wanted[q.answerable] -= 1
            taken += 1
            number += 1
            yield {"id": f"nano-{number:04d}",
                   "passages": [{"title": p.title, "text": p.text} for p in passages],
                   "question": q.text, "answerable": q.answerable,
                   "expect": [{"value": v, "unit": u, "cite": n} for v, u, n in q.expect]}


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    with open(sys.argv[1], "w") as out:
        for item in items(count, seed):
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
