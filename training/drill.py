"""Drill: random keys and values, listed once and then asked again in another order.

Looking a value up by its key is most of what the model must do. With random
tokens nothing else can lower the loss, so the circuits for it form early, and
every token of the vocabulary learns to be copied.
"""

import torch


class Drill:
    def __init__(self, rng, encoder, vocabulary):
        self.rng = rng
        self.words = vocabulary
        self.digits = [encoder.plain(str(d))[0] for d in range(10)]
        self.colon, self.line = encoder.plain(":")[0], encoder.plain("\n")[0]
        self.space = encoder.plain(" 5")[0]

    def key(self):
        return [self.rng.randrange(self.words) for _ in range(self.rng.choice((1, 2, 2, 3)))]

    def value(self):
        if self.rng.random() < 0.6:
            return [self.space] + [self.rng.choice(self.digits) for _ in range(self.rng.randint(1, 4))]
        return [self.rng.randrange(self.words) for _ in range(self.rng.randint(1, 3))]

    def sequence(self, length, most):
        """(tokens, weights): weights[i] is that of predicting tokens[i + 1]."""
        pairs = [(self.key(), self.value()) for _ in range(self.rng.randint(2, most))]
        tokens, weights = [self.line], [0.0]
        for k, v in pairs:
            tokens += k + [self.colon] + v + [self.line]
        weights = [0.0] * (len(tokens) - 1)
        while len(tokens) <= length:
            for k, v in self.rng.sample(pairs, len(pairs)):
                tokens += k + [self.colon] + v + [self.line]
                weights += [0.0] + [1.0] * (len(k) - 1) + [0.3] + [1.0] * len(v) + [1.0]
        return tokens[:length + 1], weights[:length]

    def batch(self, count, length, most):
        rows = [self.sequence(length, most) for _ in range(count)]
        return torch.tensor([t for t, _ in rows]), torch.tensor([w for _, w in rows])
