"""Questions about passages on one vehicle, and the spans that answer them."""

import dataclasses

from attributes import held_out
from passages import key
from registry import ASKED

# What the program asks, and how it begins the answer (read_value in src/answer/value_read.c).
PLAIN = "What is the {a} of the {v}?"
BEGIN = "The {a} of the {v} is"

# Words that the program takes away from a question before it asks with what is left.
SMALL = set("what which how much many does do is are the a an of in for on at and to be may can have has with when there from it".split())


@dataclasses.dataclass
class Question:
    asked: str         # the attribute and the vehicle as the question names them
    vehicle: str
    span: str          # of the passage's text
    cite: int          # the passage's number
    attribute: object

    @property
    def text(self):
        return PLAIN.format(a=self.asked, v=self.vehicle)

    @property
    def begin(self):
        return BEGIN.format(a=self.asked, v=self.vehicle)


class Asker:
    """Draws questions on passages. `held` draws other names than training does."""

    def __init__(self, rng, garage, held):
        self.rng, self.garage, self.held = rng, garage, held

    # Names

    def vehicle(self, v, scope=None):
        """The vehicle as the question names it, and the (year, trim) it says, each "" where left out."""
        rng = self.rng
        year, trim = v.year, v.trim
        if scope and scope.first:
            year = str(rng.randint(scope.first, scope.last))
        elif scope and scope.trim:
            trim = scope.trim
        said_year = year if scope and scope.first or rng.random() < 0.83 else ""
        said_trim = trim if scope and scope.trim or rng.random() < 0.85 else ""
        return " ".join(p for p in (said_year, v.make, v.model, said_trim) if p), said_year, said_trim

    def leftover(self, attribute):
        """What is left of a free question when the vehicle and the small words are gone."""
        rng = self.rng
        if attribute.how and rng.random() < 0.6:
            words = [w for w in rng.choice(attribute.how).replace("{v}", "").split() if w not in SMALL]
        else:
            words = rng.choice((attribute.name,) + attribute.asked).lower().split()
            if len(words) > 1 and rng.random() < 0.4:
                rng.shuffle(words)
            words.insert(rng.randint(0, len(words)), rng.choice(("it", "mount", "have", "take", "exactly", "please", "figure", "stated", "new", "does", "get", "really", "say", "give")))
        return " ".join(words) or attribute.name

    def asked(self, attribute, others):
        """The attribute as the question names it; `others` are names of what else the passages hold."""
        rng = self.rng
        known = ASKED.get(attribute.name)
        if not known:
            return attribute.name if rng.random() < 0.6 else attribute.name.lower()
        kind = rng.random()
        if kind < 0.66:
            return known.name
        if kind < 0.76:
            return self.leftover(attribute)
        for _ in range(8):
            name = rng.choice((known.aliases or (known.name,)) + attribute.asked[:4])
            if name.lower() not in others and held_out(name, 12) == (self.held and rng.random() < 0.5):
                return name
        return known.name

    # Facts

    def make(self, passages, attribute, scope, span, cite):
        v = passages[0].vehicle
        vehicle, _, _ = self.vehicle(v, scope)
        others = {n.lower() for p in passages for k, a in p.attributes.items() if k != key(attribute)
                  for n in (a.name, *a.asked[:8], *(ASKED[a.name].aliases if a.name in ASKED else ()))}
        asked = self.asked(attribute, others)
        return Question(asked, vehicle, span, cite, attribute)

    def given(self, passages):
        """A question that a passage answers."""
        rng = self.rng
        number = rng.randrange(len(passages))
        p = passages[number]
        # Values that differ by trim or year are asked for more often.
        several = [f for f in p.facts.values() if len(f) > 1]
        facts = rng.choice(several) if several and rng.random() < 0.3 else rng.choice(list(p.facts.values()))
        fact, span = rng.choice(facts)
        if len(facts) > 1 and rng.random() < 0.12:
            # No trim and no year in the question: the first that fits.
            fact, span = facts[0]
            v = p.vehicle
            q = self.make([dataclasses.replace(p, vehicle=dataclasses.replace(v, year="", trim=""))] if len(passages) == 1 else passages, fact.attribute, None, span, number + 1)
            return q if len(passages) == 1 else None
        return self.make(passages, fact.attribute, fact.scope if fact.scope.trim or fact.scope.first else None, span, number + 1)

    def ask(self, passages):
        for _ in range(8):
            q = self.given(passages)
            if q:
                return q
        return None
