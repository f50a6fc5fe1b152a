"""Questions about a set of passages, and their canonical answers."""

import dataclasses

from attributes import ATTRIBUTES, held_out, invented

# {a} is what the attribute is called, {v} the vehicle with its article, {w} without.
SINGLE = """What is the {a} of {v}?|What's the {a} of {v}?|{v}: {a}?|{w} {a}|{a} of {v}|{a} {w}|What {a} does {v} have?|
Tell me the {a} of {v}.|Give me the {a} of {v}.|Which {a} does {v} have?|I need the {a} of {v}.|Can you tell me the {a} of {v}?|
For {v}, what is the {a}?|What is the {a} for {v}?|Please state the {a} of {v}.|How about the {a} of {v}?|Find the {a} of {v}.|
What is {v}'s {a}?|{w}: what is the {a}?|What does the sheet say about the {a} of {v}?|Show the {a} for {v}.|Look up {v} and give its {a}.|
Do you know the {a} of {v}?|What {a} is listed for {v}?|What is the stated {a} of {v}?|I would like to know the {a} of {v}.|
what is the {a} of {v}|{w} - {a}?|The {a} of {v} is what?|According to the documents, what is the {a} of {v}?|
How is the {a} of {v} given?|And the {a} of {v}?|What's the {a} on {v}?|What would be the {a} of {v}?|Could you give the {a} of {v}?|
State {v}'s {a}.|What {a} is quoted for {v}?|What value is given for the {a} of {v}?|In the data, what is the {a} of {v}?|{a}, {w}?|
What is the {a} in {v}?|Is there a figure for the {a} of {v}?|{a} for {w}?|Which figure is given as the {a} of {v}?""".replace("\n", "").split("|")

BARE = "What is the {a}?|{a}?|Tell me the {a}.|What {a} does it have?|What's the {a} of the car?|Give the {a}.".split("|")

COMPARE = """Compare the {a} of {v} and {u}.|Which has more {a}, {v} or {u}?|Which has the higher {a}, {v} or {u}?|How does the {a} of {v} compare with that of {u}?|
{w} vs {x}: {a}|Does {v} have more {a} than {u}?|What are the {a} of {v} and of {u}?|Is the {a} of {v} greater than that of {u}?|
{a}: {w} or {x}?|Compare {v} with {u} by {a}.|Between {v} and {u}, which one has the better {a}?|Which of the two has the lower {a}: {v} or {u}?|
How do {v} and {u} differ in {a}?|{w} versus {x}, {a}?|Give the {a} of {v} and {u}.|Has {v} a larger {a} than {u}?""".replace("\n", "").split("|")


@dataclasses.dataclass
class Question:
    text: str
    answer: list        # (piece of text, weight) in order
    answerable: bool
    expect: list        # (value, unit, passage number)


@dataclasses.dataclass(frozen=True)
class Mention:
    """A vehicle as a question names it; an empty field is one left out."""

    year: str
    make: str
    model: str
    trim: str
    text: str

    def fits(self, v):
        return ((not self.year or self.year == v.year) and (not self.make or self.make == v.make)
                and (not self.model or self.model == v.model) and (not self.trim or self.trim == v.trim))


def mention(rng, v, called, plain=False):
    """Some way of naming vehicle `v`."""
    kind = rng.random()
    trim = f" {v.trim}" if v.trim else ""
    full = dict(year=v.year, make=v.make, model=v.model, trim=v.trim)
    if kind < 0.52 or plain:
        out = Mention(**full, text=f"{v.year} {v.make} {v.model}{trim}")
    elif kind < 0.58:
        out = Mention(**full, text=called)
    elif kind < 0.64:
        out = Mention(**full, text=f"{v.make} {v.model}{trim} {rng.choice(('{}', '({})', 'from {}')).format(v.year)}")
    elif kind < 0.67 and v.trim:
        out = Mention(**full, text=rng.choice((f"{v.trim} version of the {v.year} {v.make} {v.model}", f"{v.year} {v.make} {v.model} in {v.trim} trim", f"{v.year} {v.make} {v.model} ({v.trim})")))
    elif kind < 0.76 and v.trim:
        out = Mention(v.year, v.make, v.model, "", f"{v.year} {v.make} {v.model}")
    elif kind < 0.84:
        out = Mention(v.year, "", v.model, v.trim, f"{v.year} {v.model}{trim}")
    elif kind < 0.92:
        out = Mention("", v.make, v.model, v.trim, f"{v.make} {v.model}{trim}")
    else:
        out = Mention("", v.make, v.model, "", f"{v.make} {v.model}")
    if rng.random() < 0.06:
        out = dataclasses.replace(out, text=out.text.lower())
    return out


def find(passages, m, attribute):
    """(number, passage) of the first passage that fits and holds the attribute."""
    for i, p in enumerate(passages):
        if m.fits(p.vehicle) and attribute.name in p.facts:
            return i + 1, p
    return None


class Asker:
    """Draws questions on passages. `held` draws phrasings that training never sees."""

    def __init__(self, rng, garage, held, strangers=0.5):
        self.rng = rng
        self.garage = garage
        self.held = held
        self.strangers = strangers   # the share of refusals that ask of a car that is not there

    def phrase(self, templates, attribute):
        """A template with a name of the attribute in it; some pairs are held out."""
        for _ in range(200):
            template = self.rng.choice(templates)
            if not attribute.listed:
                name = attribute.name if self.rng.random() < 0.7 else attribute.name.lower()
                return template, name
            name = self.rng.choice(attribute.asked + attribute.columns[:1])
            # Names that stand alone as a column does are also asked as they stand.
            if name not in attribute.asked:
                name = name if self.rng.random() < 0.5 else name.lower()
            # For evaluation half of the questions use pairs never trained on.
            if held_out(template + name) == (self.held and self.rng.random() < 0.6):
                return template, name
        return template, name

    def single(self, attribute, m, bare=False):
        the = "the " + m.text
        if not bare and attribute.how and self.rng.random() < 0.18:
            options = [h for h in attribute.how if held_out(h) == self.held] or [attribute.how[0]]
            out = self.rng.choice(options).format(v=the)
            return (out[0].upper() + out[1:] if self.rng.random() < 0.8 else out) + self.rng.choice(("?", "?", "?", ""))
        template, name = self.phrase(BARE if bare else SINGLE, attribute)
        out = template.format(a=name, v=the, w=m.text)
        if out.startswith(("the ", name[:1])) and self.rng.random() < 0.6:
            out = out[0].upper() + out[1:]
        return out

    def compare(self, attribute, m, n):
        template, name = self.phrase(COMPARE, attribute)
        out = template.format(a=name, v="the " + m.text, u="the " + n.text, w=m.text, x=n.text)
        return out[0].upper() + out[1:] if self.rng.random() < 0.7 else out

    def refuse(self, text, attribute, m):
        """The refusal names the vehicle as it was asked for."""
        of = f" of the {m.text}" if m else ""
        answer = [("The", 1), (" passages", 4), (" do not give the", 0.3), (f" {attribute.name}", 0.7), (f"{of}.", 0.4)]
        return Question(text, answer, False, [])

    @staticmethod
    def given(found, attribute):
        """The part of an answer that states one fact."""
        number, passage = found
        fact = passage.facts[attribute.name]
        return [(f" the {passage.called}", 1), (" is", 1), (f" {fact.said()}", 2), (f" [{number}]", 2)]

    def expected(self, found, attribute):
        fact = found[1].facts[attribute.name]
        return (*fact.expected(), found[0])

    def attribute(self, passage):
        return self.rng.choice(list(passage.facts.values())).attribute

    def absent(self, passages, m):
        """An attribute that no fitting passage holds, often one that another car has."""
        for _ in range(40):
            other = self.rng.choice(passages)
            kind = self.rng.random()
            if kind < 0.4:
                a = self.attribute(other)
            elif kind < 0.88:
                a = self.rng.choice(ATTRIBUTES)
            else:
                a = invented(self.rng, self.held)
            if not find(passages, m, a) and not any(m.fits(p.vehicle) and any(k.lower() == a.name.lower() for k in p.facts) for p in passages):
                return a
        return None

    def stranger(self, passages):
        """A full mention of a car that no passage is about, often a near miss."""
        for _ in range(40):
            v = self.rng.choice(passages).vehicle
            new = self.garage.neighbour(v) if self.rng.random() < 0.8 else self.garage.vehicle(bool(v.trim))
            if new.trim and not v.trim and new.model == v.model:
                continue
            m = mention(self.rng, new, new.name(), plain=self.rng.random() < 0.7)
            if not any(m.fits(p.vehicle) for p in passages):
                return m
        return None

    def ask_single(self, passages, answerable):
        p = self.rng.choice(passages)
        m = mention(self.rng, p.vehicle, p.called)
        if answerable:
            a = self.attribute(p)
            bare = self.rng.random() < (0.3 if len(passages) == 1 else 0.01)
            if bare:
                m = Mention("", "", "", "", "")
            found = find(passages, m, a)
            answer = [("The", 1), (f" {a.name}", 1.5), (" of", 0.5)] + self.given(found, a) + [(".", 0.5)]
            return Question(self.single(a, m, bare), answer, True, [self.expected(found, a)])
        if self.rng.random() < self.strangers:
            m = self.stranger(passages)
            a = m and self.attribute(p)
        else:
            a = self.absent(passages, m)
        if not m or not a:
            return None
        return self.refuse(self.single(a, m), a, m)

    def ask_half(self, passages, answerable):
        """A comparison of two cars of which the passages are about one: the program asks the
        model about one car at a time, and the answer is of the car at hand."""
        p = self.rng.choice(passages)
        m = mention(self.rng, p.vehicle, p.called, plain=self.rng.random() < 0.5)
        n = self.stranger(passages)
        if not n or m.text == n.text:
            return None
        a = self.attribute(p) if answerable else self.absent(passages, m)
        if not a:
            return None
        text = self.compare(a, *((m, n) if self.rng.random() < 0.5 else (n, m)))
        if not answerable:
            return self.refuse(text, a, m)
        found = find(passages, m, a)
        answer = [("The", 1), (f" {a.name}", 1.5), (" of", 0.5)] + self.given(found, a) + [(".", 0.5)]
        return Question(text, answer, True, [self.expected(found, a)])

    def ask_pair(self, passages, answerable):
        if len(passages) < 2:
            return None
        p, q = self.rng.sample(passages, 2)
        if p.vehicle == q.vehicle:
            return None
        m = mention(self.rng, p.vehicle, p.called, plain=self.rng.random() < 0.5)
        n = mention(self.rng, q.vehicle, q.called, plain=self.rng.random() < 0.5)
        if m.text == n.text or m.fits(q.vehicle) or n.fits(p.vehicle):
            return None
        if not answerable:
            if self.rng.random() < 0.5:
                stranger = self.stranger(passages)
                if not stranger:
                    return None
                m, n = (m, stranger) if self.rng.random() < 0.5 else (stranger, n)
                a = self.attribute(self.rng.choice((p, q)))
            else:
                a = self.absent(passages, self.rng.choice((m, n)))
                if not a:
                    return None
            missing = m if not find(passages, m, a) else n
            if find(passages, missing, a):
                return None
            return self.refuse(self.compare(a, m, n), a, missing)
        shared = [f.attribute for k, f in p.facts.items() if k in q.facts]
        if not shared:
            return None
        a = self.rng.choice(shared)
        first, second = find(passages, m, a), find(passages, n, a)
        answer = ([("The", 1), (f" {a.name}", 1.5), (" of", 0.5)] + self.given(first, a)
                  + [(", and that of", 0.3)] + self.given(second, a) + [(".", 0.5)])
        return Question(self.compare(a, m, n), answer, True, [self.expected(first, a), self.expected(second, a)])

    def ask(self, passages, pair, answerable, half=0.0):
        """One question of the wanted sort, or None where the passages allow none."""
        for _ in range(12):
            kind = self.ask_pair if pair else self.ask_half if self.rng.random() < half else self.ask_single
            out = kind(passages, answerable)
            if out:
                return out
        return None
