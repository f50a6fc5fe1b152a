"""Token batches for the trainer, made in processes of their own."""

import multiprocessing
import pathlib
import random

import torch
from tokenizers import Tokenizer

from dataset import EARLY, SYSTEM, Source, render_context
from tokenizer import BEGIN, END, USER

ANSWER_PREFIX = "<｜Assistant｜><think>\n\n</think>\n\n"
SHORT, LONG = 56, 72   # tokens of blocks (question, answer and what frames them): of most, and of nearly all
BRIEF, BRIEF_UNTIL = 0.8, 0.4   # share of examples with short passages, and the progress at which they end
DECISION = 4.0   # weight of the token with which the span begins
SPAN, STOP, CITE, REST = 2.0, 2.5, 1.5, 0.2   # of the span's other tokens, of its end, of the passage's number, of what follows by itself
AHEAD = (0.75, 1.25, 1.75)   # weights of the attribute, passage and value thought ahead


class Encoder:
    """Text to tokens, in the two parts that the network wants."""

    def __init__(self, folder):
        self.tokenizer = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
        self.end = self.tokenizer.token_to_id(END)
        self.prefix = self.plain(f"{BEGIN}{SYSTEM}{USER}")
        self.suffix = self.plain(ANSWER_PREFIX)
        self.space = self.plain(" 5")[0]

    def plain(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def context(self, passages):
        return self.prefix + self.plain(render_context(passages))

    def question(self, text, begin):
        """The question, and the answer as far as the program begins it."""
        return self.plain(f"Question: {text}") + self.suffix + self.plain(begin)

    def block(self, question):
        """(tokens, weights, aims): weights[i] is that of predicting aims[i] after tokens[i].

        The aims are the next tokens, of the span and the mark. But for the frame before the
        answer: what is predicted there is never used, so it is made to think ahead, of the
        attribute, the passage and the value.
        """
        begin = self.plain(question.begin)
        head = self.question(question.text, question.begin)
        first = lambda text: next(t for t in self.plain(text) if t != self.space)
        span, cite = self.plain(f" {question.span}"), self.plain(f" [{question.cite}]")
        lead = 1 if span[0] == self.space else 0   # the space before a figure decides nothing
        answer = [REST] * lead + [DECISION] + [SPAN] * (len(span) - lead - 1) + [STOP, CITE] + [REST] * (len(cite) - 2)
        tokens = head + span + cite
        weights = [0.0] * (len(head) - 1) + answer + [0.0]
        aims = tokens[1:] + [self.end]
        start = len(head) - len(begin) - len(self.suffix)
        thoughts = (first(f" {question.attribute.name}"), self.plain(str(question.cite))[0], first(f" {question.span}"))
        for i, (aim, weight) in enumerate(zip(thoughts, AHEAD)):
            aims[start + i], weights[start + i] = aim, weight
        return tokens, weights, aims


def pad(rows, width, fill):
    return [r + [fill] * (width - len(r)) for r in rows]


def assemble(examples, count, encoder):
    """A batch dict from [(context tokens, [block])]; lengths in steps of 4."""
    up = lambda n: -(-n // 4) * 4
    context = up(max(len(c) for c, _ in examples))
    size = up(max(len(t) for _, blocks in examples for t, *_ in blocks))
    tokens, weights, aims = [], [], []
    for c, blocks in examples:
        blocks = blocks + [([encoder.end], [0.0], [encoder.end])] * (count - len(blocks))
        tokens.append(pad([c], context, encoder.end)[0] + sum(pad([t for t, _, _ in blocks], size, encoder.end), []))
        weights.append(sum(pad([w for _, w, _ in blocks], size, 0.0), []))
        aims.append(sum(pad([a for _, _, a in blocks], size, encoder.end), []))
    return {"tokens": torch.tensor(tokens), "weights": torch.tensor(weights), "aims": torch.tensor(aims), "context": context, "size": size,
            "count": count, "lengths": torch.tensor([len(c) for c, _ in examples])}


def stream(seed, stage, encoder, budget, progress=lambda: 1.0):
    """Batches of about `budget` tokens, without end.

    Until BRIEF_UNTIL most examples have short passages: more look-ups for the same work.
    """
    source, brief = Source(seed, False, stage), Source(seed + 2, False, EARLY)
    rng = random.Random(seed + 1)
    pool = []
    while True:
        while len(pool) < 80:
            short = progress() < BRIEF_UNTIL and rng.random() < BRIEF
            passages, questions = (brief if short else source).example()
            blocks = [encoder.block(q) for q in questions]
            # Blocks are padded to the longest: most examples keep only the short ones.
            if rng.random() < 0.75:
                blocks = [b for b in blocks if len(b[0]) <= SHORT]
            if blocks:
                pool.append((encoder.context(passages), blocks))
        batches, rest = [], []
        # Examples with long blocks have batches of their own.
        longest = lambda e: max(len(b[0]) for b in e[1])
        sort = lambda e: (longest(e) > SHORT) + (longest(e) > LONG)
        for kind in (0, 1, 2):
            some = sorted((e for e in pool if sort(e) == kind), key=lambda e: len(e[0]))
            at = 0
            while at < len(some):
                room, n = budget, 0
                count = max(len(e[1]) for e in some[at:at + 40])
                while at + n < len(some):
                    e = some[at + n]
                    room = budget // (len(e[0]) + 4 + count * (longest(e) + 2))
                    if n and n >= room:
                        break
                    n += 1
                if at + n == len(some) and n < room:
                    rest += some[at:]   # too few for a batch: they wait for the next pool
                    break
                batches.append(assemble(some[at:at + n], max(len(e[1]) for e in some[at:at + n]), encoder))
                at += n
        pool = rest
        rng.shuffle(batches)
        yield from batches


def _work(queue, seed, stage, folder, budget, clock):
    torch.set_num_threads(1)
    for batch in stream(seed, stage, Encoder(folder), budget, lambda: float(clock[0])):
        # Plain lists: nothing of torch's shared memory is held by the queue.
        queue.put({k: v.tolist() if torch.is_tensor(v) else v for k, v in batch.items()})


class Feeder:
    """One process ahead of the trainer."""

    def __init__(self, seed, stage, folder, budget, clock):
        context = torch.multiprocessing.get_context("spawn")
        self.queue = multiprocessing.get_context("spawn").Queue(maxsize=8)
        self.process = context.Process(target=_work, args=(self.queue, seed, stage, folder, budget, clock), daemon=True)
        self.process.start()

    def next(self):
        return {k: torch.tensor(v) if isinstance(v, list) else v for k, v in self.queue.get().items()}

    def stop(self):
        self.process.terminate()
        self.process.join()
