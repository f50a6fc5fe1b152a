"""Token batches for the trainer, made in processes of their own."""

import multiprocessing
import pathlib
import random

import torch
from tokenizers import Tokenizer

from dataset import SYSTEM, Source, render_context
from tokenizer import BEGIN, END, USER

ANSWER_PREFIX = "<｜Assistant｜><think>\n\n</think>\n\n"
SHORT = 56       # tokens of a short block: question, answer and what frames them
DECISION = 4.0   # weight of the token that decides between answer and refusal
AHEAD = (0.75, 1.25, 1.75, 2.5)   # weights of the attribute, passage, value and decision thought ahead


class Encoder:
    """Text to tokens, in the two parts that the network wants."""

    def __init__(self, folder):
        self.tokenizer = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
        self.end = self.tokenizer.token_to_id(END)
        self.prefix = self.plain(f"{BEGIN}{SYSTEM}{USER}")
        self.suffix = self.plain(ANSWER_PREFIX)
        self.space = self.plain(" 5")[0]
        self.no, self.yes = self.plain(" passages")[0], self.plain(" is")[0]

    def plain(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def context(self, passages):
        return self.prefix + self.plain(render_context(passages))

    def question(self, text):
        return self.plain(f"Question: {text}") + self.suffix

    def block(self, question):
        """(tokens, weights, aims): weights[i] is that of predicting aims[i] after tokens[i].

        The aims are the next tokens, but for the frame before the answer: what is
        predicted there is never used, so it is made to think ahead, of the
        attribute, the passage, the value, and whether there is an answer at all.
        """
        head = self.question(question.text)
        text = "".join(t for t, _ in question.answer)
        encoded = self.tokenizer.encode(text, add_special_tokens=False)
        by_char = []
        for piece, weight in question.answer:
            by_char += [weight] * len(piece)
        # A token begins with its space: the last character is surely its own piece's.
        answer = [by_char[min(b, len(by_char)) - 1] for _, b in encoded.offsets] + [1.0]
        answer[1] = DECISION
        tokens = head + encoded.ids + [self.end]
        weights = [0.0] * (len(head) - 1) + answer + [0.0]
        aims = tokens[1:] + [self.end]
        first = lambda text: next(t for t in self.plain(text) if t != self.space)
        if question.answerable:
            number, value = first(question.answer[6][0].strip(" []")), first(question.answer[5][0])
            thoughts = (first(question.answer[1][0]), number, value, self.yes)
        else:
            thoughts = (first(question.answer[3][0]), self.no, self.no, self.no)
        start = len(head) - len(self.suffix)
        for i, (aim, weight) in enumerate(zip(thoughts, AHEAD)):
            aims[start + i], weights[start + i] = aim, weight
        return tokens, weights, aims


def pad(rows, width, fill):
    return [r + [fill] * (width - len(r)) for r in rows]


def assemble(examples, count, encoder):
    """A batch dict from [(context tokens, [block])]; lengths in steps of 16."""
    up = lambda n: -(-n // 16) * 16
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


def stream(seed, stage, encoder, budget):
    """Batches of about `budget` tokens, without end."""
    source = Source(seed, False, stage)
    rng = random.Random(seed + 1)
    pool = []
    while True:
        while len(pool) < 160:
            passages, questions = source.example()
            blocks = [encoder.block(q) for q in questions]
            # Blocks are padded to the longest: most examples keep only the short ones.
            if rng.random() < 0.75:
                blocks = [b for b in blocks if len(b[0]) <= (96 if len(questions[0].expect) == 2 else SHORT)]
            if blocks:
                pool.append((encoder.context(passages), blocks))
        batches, rest = [], []
        # Comparisons are longer and fewer a context: they have batches of their own.
        longest = lambda e: max(len(b[0]) for b in e[1])
        sort = lambda e: (longest(e) > SHORT) + (longest(e) > 80)
        for kind in (0, 1, 2):
            some = sorted((e for e in pool if sort(e) == kind), key=lambda e: len(e[0]))
            at = 0
            while at < len(some):
                room, n = budget, 0
                count = max(len(e[1]) for e in some[at:at + 40])
                while at + n < len(some):
                    e = some[at + n]
                    room = budget // (len(e[0]) + 16 + count * (longest(e) + 8))
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


def _work(queue, seed, stage, folder, budget):
    torch.set_num_threads(1)
    for batch in stream(seed, stage, Encoder(folder), budget):
        # Plain lists: nothing of torch's shared memory is held by the queue.
        queue.put({k: v.tolist() if torch.is_tensor(v) else v for k, v in batch.items()})


class Feeder:
    """One process ahead of the trainer."""

    def __init__(self, seed, stage, folder, budget):
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(maxsize=24)
        self.process = context.Process(target=_work, args=(self.queue, seed, stage, folder, budget), daemon=True)
        self.process.start()

    def next(self):
        return {k: torch.tensor(v) if isinstance(v, list) else v for k, v in self.queue.get().items()}

    def stop(self):
        self.process.terminate()
        self.process.join()
