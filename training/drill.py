"""Drill: keys and values, listed once and then asked again in another order.

Looking a value up by its key is most of what the model must do. With random
tokens nothing else can lower the loss, so the circuits for it form early, and
every token of the vocabulary learns to be copied. With attributes the second
list calls each by another of its names: that two names mean the same is learned
at a tenth of the cost of a whole question. With vehicles the second list asks for
the number of the passage that is about each; with both it is the whole task in
short, without the frame that a question has. What is not there is to be answered
by the word that refusals begin with.
"""

import torch

from attributes import ATTRIBUTES
from passages import Sheet, passage_set
from questions import Asker, find, mention
from vehicles import Garage


class Drill:
    def __init__(self, rng, encoder, vocabulary, shares=(0.02, 0.15, 0.38, 0.45)):
        self.rng = rng
        self.plain = encoder.plain
        self.words = vocabulary
        self.shares = shares   # of random words, attributes, vehicles, and both
        self.garage = Garage(rng, False)
        self.asker = Asker(rng, self.garage, False)
        self.no = self.plain(" passages")
        self.digits = [encoder.plain(str(d))[0] for d in range(10)]
        self.colon, self.line = encoder.plain(":")[0], encoder.plain("\n")[0]
        self.space = encoder.plain(" 5")[0]

    def key(self):
        return [self.rng.randrange(self.words) for _ in range(self.rng.choice((1, 2, 2, 3)))]

    def value(self):
        if self.rng.random() < 0.6:
            return [self.space] + [self.rng.choice(self.digits) for _ in range(self.rng.randint(1, 4))]
        return [self.rng.randrange(self.words) for _ in range(self.rng.randint(1, 3))]

    def random_words(self, length, most):
        """(tokens, weights): weights[i] is that of predicting tokens[i + 1]."""
        pairs = [(self.key(), self.value()) for _ in range(self.rng.randint(2, most))]
        tokens = [self.line]
        for k, v in pairs:
            tokens += k + [self.colon] + v + [self.line]
        weights = [0.0] * (len(tokens) - 1)
        while len(tokens) <= length:
            for k, v in self.rng.sample(pairs, len(pairs)):
                tokens += k + [self.colon] + v + [self.line]
                weights += [0.0] + [1.0] * (len(k) - 1) + [0.3] + [1.0] * len(v) + [1.0]
        return tokens[:length + 1], weights[:length]

    def attributes(self, length, most):
        """The same of attributes, under other names the second time."""
        rng = self.rng
        sheet = Sheet(rng, False, rng.randint(3, most + 2))
        facts = [(a, name, sheet.fact(a, unit), named) for a, name, unit, named in sheet.columns]
        tokens = [self.line]
        form = rng.choice(("{}:", "{}:", "{}:", "{} =", "- {}:", "| {} |", "The {} is", "- **{}:**", "{} -"))
        for _, name, fact, named in facts:
            tokens += self.plain(form.format(name)) + self.plain(f" {fact.value if named else fact.said()}") + [self.line]
        tokens = tokens[:length]
        weights = [0.0] * (len(tokens) - 1)
        while len(tokens) <= length:
            for a, name, fact, _ in rng.sample(facts, len(facts)):
                name = rng.choice((a.name, a.name, rng.choice(a.asked), rng.choice(a.columns), name))
                said = self.plain(" " + fact.said())
                if rng.random() < 0.2:
                    other = rng.choice(ATTRIBUTES)
                    if all(other is not f[0] for f in facts):
                        name, said = rng.choice((other.name, rng.choice(other.asked))), self.no
                head = self.plain(rng.choice(("{}:", "The {} is", "The {} of the car is")).format(name))
                tokens += head + said + [self.line]
                # The space before a number says nothing; what comes after it does.
                first = [0.3, 2.0] if said[0] == self.space and len(said) > 1 else [2.0]
                weights += [0.0] * len(head) + (first + [1.0] * len(said))[:len(said)] + [0.3]
        return tokens[:length + 1], weights[:length]

    def listed(self, passages, whole):
        """The tokens of numbered passages: titles alone, or with the text."""
        tokens = [self.line]
        for i, p in enumerate(passages):
            tokens += self.plain(f"[{i + 1}] {p.title}\n{p.text}\n\n" if whole else f"[{i + 1}] {p.called}\n")
        return tokens

    def vehicles(self, length, most):
        """Which passage is about which vehicle."""
        rng = self.rng
        passages = passage_set(rng, self.garage, False, rng.randint(2, 7), 2)
        tokens = self.listed(passages, False)[:length]
        weights = [0.0] * (len(tokens) - 1)
        while len(tokens) <= length:
            p = rng.choice(passages)
            m = mention(rng, p.vehicle, p.called)
            if rng.random() < 0.25:
                m = self.asker.stranger(passages) or m
            number = next((i + 1 for i, q in enumerate(passages) if m.fits(q.vehicle)), 0)
            head = self.plain(f"The {m.text} is")
            said = self.plain(f" [{number}]") if number else self.no
            tokens += head + said + [self.line]
            weights += [0.0] * len(head) + ([1.5, 2.0, 0.1] if number else [2.0]) + [0.1]
        return tokens[:length + 1], weights[:length]

    def both(self, length, most):
        """The whole task in short."""
        rng = self.rng
        passages = passage_set(rng, self.garage, False, rng.randint(1, 4), rng.randint(2, 4))
        tokens = self.listed(passages, True)[:length]
        weights = [0.0] * (len(tokens) - 1)
        for _ in range(40):
            if len(tokens) > length:
                break
            p = rng.choice(passages)
            if not p.facts:
                continue
            m, a = mention(rng, p.vehicle, p.called), self.asker.attribute(p)
            kind = rng.random()
            if kind < 0.12:
                m = self.asker.stranger(passages) or m
            elif kind < 0.25:
                a = self.asker.absent(passages, m) or a
            found = find(passages, m, a)
            name = rng.choice((a.name, rng.choice(a.asked), rng.choice(a.columns)))
            head = self.plain(rng.choice((f"The {name} of the {m.text} is", f"{m.text}, {name}:")))
            if found:
                said = self.plain(f" {found[1].facts[a.name].said()}")
                first = [1.0, 2.0] if said[0] == self.space and len(said) > 1 else [2.0]
                cite = self.plain(f" [{found[0]}]")
                values = (first + [1.0] * len(said))[:len(said)] + [0.2, 2.0, 0.1]
                said = said + cite
            else:
                said, values = self.no, [2.0]
            tokens += head + said + [self.line]
            weights += [0.0] * len(head) + values + [0.1]
        tokens += [self.line] * (length + 1 - len(tokens))
        weights += [0.0] * (length - len(weights))
        return tokens[:length + 1], weights[:length]

    def batch(self, count, length, most):
        kinds = (self.random_words, self.attributes, self.vehicles, self.both)
        rows = [kind(length, most) for kind in self.rng.choices(kinds, self.shares, k=count)]
        return torch.tensor([t for t, _ in rows]), torch.tensor([w for _, w in rows])
