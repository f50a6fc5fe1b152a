"""Passages: what the documents say of a vehicle, in many shapes.

A passage carries, beside its title and text, the facts in it, so that
questions can be asked whose answers are known.
"""

import dataclasses

from attributes import ATTRIBUTES, BY_NAME, SAMPLE_COLUMNS, code, draw_number, invented, phrase


@dataclasses.dataclass(frozen=True)
class Fact:
    attribute: object
    value: str   # as it stands in the text
    unit: str    # as it stands in the text or in the name; "" where there is none

    def said(self):
        """Value and unit as the answer says them."""
        if self.unit in ("$", "€", "£"):
            return self.unit + self.value
        if self.unit in ("°", "%"):
            return self.value + self.unit
        return f"{self.value} {self.unit}" if self.unit else self.value

    def expected(self):
        """(value, unit) for the evaluation; what is glued to the number is part of it."""
        return (self.said(), "") if self.unit in ("$", "€", "£", "°", "%") else (self.value, self.unit)


@dataclasses.dataclass
class Passage:
    title: str
    text: str
    vehicle: object
    called: str       # the vehicle as this passage names it
    facts: dict       # attribute name -> Fact


class Sheet:
    """How one source writes: its columns, its units, its separators."""

    def __init__(self, rng, held, size):
        self.rng = rng
        self.held = held
        self.thousands = rng.random() < 0.4
        self.unit_in_name = rng.random()   # the share of columns that carry the unit in the name
        self.unit_style = rng.choice(("({})", "({})", "({})", "[{}]", ", {}", "{}"))
        self.snake = rng.random() < 0.06
        self.lower = rng.random() < 0.06
        self.sample = rng.random() < 0.3 and not self.snake
        self.kind = rng.choices(("lines", "sheet", "table", "prose"), (50, 18, 14, 18))[0]
        if self.sample and self.kind == "prose":
            self.kind = "lines"
        self.columns = self.sample_columns(size) if self.sample else self.free_columns(size)
        if self.kind in ("lines", "table"):
            # Rows of one file keep the order; other shapes vary.
            self.ordered = True
        else:
            self.ordered = rng.random() < 0.5

    def sample_columns(self, size):
        chosen = SAMPLE_COLUMNS if size >= 20 else [SAMPLE_COLUMNS[i] for i in sorted(self.rng.sample(range(len(SAMPLE_COLUMNS)), size))]
        columns = []
        for name, column, unit in chosen:
            columns.append((BY_NAME[name], column, unit, bool(unit)))
        return columns + [self.column(invented(self.rng, self.held)) for _ in range(self.rng.choice((0, 0, 0, 1, 2)))]

    def free_columns(self, size):
        extra = min(size // 2, self.rng.choice((0, 1, 1, 2, 3)))
        drawn = self.rng.sample(ATTRIBUTES, min(size - extra, len(ATTRIBUTES)))
        drawn += [invented(self.rng, self.held) for _ in range(extra)]
        self.rng.shuffle(drawn)
        return [self.column(a) for a in drawn]

    def column(self, attribute):
        """(attribute, name as written, unit, whether the name holds the unit)."""
        name = self.rng.choice(attribute.columns)
        if not attribute.units:
            return attribute, self.cased(name), "", False
        unit = self.rng.choice(attribute.units)[0]
        if unit in ("hp", "mpg") and unit in name.lower().replace("horsepower", "hp").split() and self.rng.random() < 0.7:
            return attribute, self.cased(name), unit, True   # "Engine HP: 203": the name says it
        if unit and self.rng.random() < self.unit_in_name and unit not in ("$", "€", "£", "°", "%"):
            return attribute, self.cased(f"{name}{'' if self.unit_style[0] == ',' else ' '}{self.unit_style.format(unit)}", unit), unit, True
        return attribute, self.cased(name), unit, False

    def cased(self, name, unit=""):
        if self.snake and not unit:
            return name.lower().replace(" ", "_")
        if self.lower and not unit:
            return name.lower()
        return name

    def value(self, attribute, unit):
        if attribute.values:
            return phrase(self.rng, attribute) if attribute.listed else code(self.rng)
        ranges = [u for u in attribute.units if u[0] == unit]
        out = draw_number(self.rng, *self.rng.choice(ranges), self.held)
        whole, dot, part = out.partition(".")
        if self.thousands and len(whole) > 3:
            whole = f"{int(whole):,}"
        if part and self.rng.random() < 0.1 and part.strip("0") == "":
            return whole
        return whole + dot + part

    def fact(self, attribute, unit):
        return Fact(attribute, self.value(attribute, unit), unit)

    def write(self, vehicle, columns=None, gaps=0.1):
        """A passage about `vehicle`; `gaps` is the share of columns that are blank."""
        rng = self.rng
        columns = columns if columns is not None else self.columns
        entries = []
        for attribute, name, unit, named in columns:
            if len(columns) > 2 and rng.random() < gaps:
                continue
            entries.append((attribute, name, self.fact(attribute, unit), named))
        if not self.ordered:
            rng.shuffle(entries)
        title, called, head = self.titled(vehicle)
        if self.kind == "prose":
            body = self.prose(entries, called, head)
        else:
            body = getattr(self, self.kind)(entries, vehicle, head)
        return Passage(title, body, vehicle, called, {e[2].attribute.name: e[2] for e in entries})

    def titled(self, v):
        """(title, the vehicle as named, first line that names it or "")."""
        rng = self.rng
        if rng.random() < 0.76:
            return v.name(), v.name(), ""
        tail = f" {v.trim}" if v.trim else ""
        named = rng.choice((v.name(), f"{v.make} {v.model} {v.year}{tail}", f"{v.make} {v.model}{tail} {v.year}", f"{v.year} {v.make} {v.model}{tail}"))
        kind = rng.random()
        if kind < 0.45:
            end = rng.choice((" specifications", " specs", " technical data", " data sheet", " brochure", " > Engine", " > Dimensions", " > Specifications", " review",
                              " - Dimensions", " - Powertrain", " - Performance", " - Capability", " - Range and consumption"))
            return named + end, named, ""
        title = rng.choice((f"{v.model.lower().replace(' ', '-')}.md > Engine", f"{v.model.lower().replace(' ', '_')}.pdf p. {rng.randint(1, 90)}", "Vehicle data sheet", "specs.csv", f"cars.csv row {rng.randint(2, 900)}", "Technical specifications", f"fleet-{rng.randint(1, 99)}.txt", "notes.md > Overview"))
        head = rng.choice(("# {}", "Vehicle: {}", "{}", "## {}", "Name: {}", "{} - technical data", "**{}**")).format(named)
        return title, named, head

    def lines(self, entries, vehicle, head):
        out = [head] if head else []
        if self.rng.random() < 0.15:
            out += [f"Manufacturer: {vehicle.make}", f"Model: {vehicle.model}", f"Year: {vehicle.year}"]
        out += [f"{name}: {fact.value if named else fact.said()}" for _, name, fact, named in entries]
        return "\n".join(out)

    def sheet(self, entries, vehicle, head):
        form = self.rng.choice(("- {}: {}", "* {}: {}", "{} = {}", "{}\t{}", "{} .... {}", "{}  {}", "- **{}:** {}", "{}; {}", "{} | {}", "{} - {}"))
        out = [head] if head else []
        out += [form.format(name, fact.value if named else fact.said()) for _, name, fact, named in entries]
        return "\n".join(out) if self.rng.random() < 0.85 else "; ".join(out)

    def table(self, entries, vehicle, head):
        out = [head, ""] if head else []
        out += [f"| {self.rng.choice(('Specification', 'Item', 'Attribute', 'Feature'))} | Value |", "| --- | --- |"]
        out += [f"| {name} | {fact.value if named else fact.said()} |" for _, name, fact, named in entries]
        return "\n".join(out)

    def prose(self, entries, called, head):
        rng = self.rng
        first = rng.choice((f"The {called} is described here.", f"Here are the figures of the {called}.", f"This page is about the {called}.", ""))
        if head and not head.startswith(("#", "*")):
            first = f"The {called} is on sale now."
        elif head:
            first = head + "\n" + first
        out = [first] if first else []
        for attribute, name, fact, named in entries:
            bare = attribute.columns[0] if named else name
            bare = bare if not attribute.listed or bare.isupper() or bare[:2].isupper() else bare[0].lower() + bare[1:]
            if attribute.says and rng.random() < 0.6:
                out.append(rng.choice(attribute.says).format(x=fact.said()))
            else:
                form = rng.choice(("The {n} is {x}.", "Its {n} is {x}.", "{N}: {x}.", "It has a {n} of {x}.", "The {n} comes to {x}.", "With a {n} of {x}, it suits many buyers.", "For the {n}, the maker quotes {x}."))
                out.append(form.format(n=bare, N=bare[0].upper() + bare[1:], x=fact.said()))
        return " ".join(out)


def passage_set(rng, garage, held, passages, size):
    """`passages` passages of about `size` facts each, about cars that are near misses."""
    sheets = [Sheet(rng, held, size)]
    while rng.random() < 0.5 and len(sheets) < 3:
        sheets.append(Sheet(rng, held, size))
    out = []
    # Now and then one car's data are spread over two passages.
    shared = passages >= 2 and rng.random() < 0.15
    lot = garage.lot(passages - 1 if shared else passages)
    for i, vehicle in enumerate(lot):
        sheet = rng.choice(sheets)
        if shared and i == 0 and len(sheet.columns) >= 4:
            half = len(sheet.columns) // 2
            out.append(sheet.write(vehicle, sheet.columns[:half], 0))
            out.append(sheet.write(vehicle, sheet.columns[half:], 0))
            continue
        columns = sheet.columns
        if rng.random() < 0.35:   # another selection of the same columns
            keep = rng.randint(max(1, len(columns) // 2), len(columns))
            columns = [c for c in columns if rng.random() < keep / len(columns)] or columns[:1]
        out.append(sheet.write(vehicle, columns))
    rng.shuffle(out)
    return out[:passages]
