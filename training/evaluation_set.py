"""Writes the committed evaluation set from the half of the world never trained on.

    python evaluation_set.py OUT.jsonl [COUNT] [SEED]

Held out are makes, models, invented attribute names, a tenth of the sentence frames and of the
aliases, and a tenth of each range of numbers.
"""

import json
import sys

from dataset import Source, Stage

STAGE = Stage(single=0.75, size=(2, 11), questions=3)


def items(count, seed):
    """`count` items, one or two from a set of passages."""
    source = Source(seed, held=True, stage=STAGE)
    number = 0
    while True:
        passages, questions = source.example()
        for q in questions[:2]:
            if number == count:
                return
            number += 1
            yield {"id": f"read-{number:04d}", "passages": [{"title": p.title, "text": p.text} for p in passages],
                   "question": q.text, "asked": q.asked, "vehicle": q.vehicle, "span": q.span, "cite": q.cite}


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    with open(sys.argv[1], "w") as out:
        for item in items(count, seed):
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
