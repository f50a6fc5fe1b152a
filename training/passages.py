"""Passages: what documents say of one vehicle, in lists and, mostly, in prose.

A passage carries, beside its title and text, the facts in it, so that
questions can be asked whose answers are known.
"""

import dataclasses
import re

from attributes import ATTRIBUTES, SAMPLE_COLUMNS, BY_NAME, code, draw_number, held_out, invented, phrase
from phrasing import BAIT, FITTED, NOISE, NUMERIC, SPECIFIC, TEXTUAL, TOGETHER
from registry import ASKED, EXTRA, FITTED as FITTED_VALUES
from vehicles import TRIMS


@dataclasses.dataclass(frozen=True)
class Scope:
    """The cars that a value holds for: one trim, or a range of years; neither, all."""

    trim: str = ""
    first: int = 0
    last: int = 0


ALL = Scope()


@dataclasses.dataclass(frozen=True)
class Fact:
    attribute: object
    value: str   # as it stands in the text
    unit: str    # as it stands in the text or in the name; "" where there is none
    scope: Scope = ALL

    def said(self):
        """Value and unit as the text gives them."""
        if self.unit in ("$", "€", "£"):
            return self.unit + self.value
        if self.unit in ("°", "%"):
            return self.value + self.unit
        return f"{self.value} {self.unit}" if self.unit else self.value


@dataclasses.dataclass
class Passage:
    title: str
    text: str
    vehicle: object
    facts: dict        # key of the attribute -> [(Fact, span of the text)]
    attributes: dict   # key -> attribute, of everything named, with a value or not
    mentioned: list    # attributes that are named without a value, or given for another vehicle only


def key(attribute):
    """The same for two attributes that are the same thing under two names."""
    known = ASKED.get(attribute.name)
    return known.key if known else attribute.name.lower()


# Attributes that are easily taken for one another stand together more often.
FAMILIES = [f.split("|") for f in (
    "horsepower|torque|electric motor power|fast charging power|power peak speed|torque peak speed|fuel cell power|specific output|fiscal power",
    "city fuel economy|highway fuel economy|combined fuel economy|electric consumption|CO2 emissions|annual fuel cost",
    "curb weight|gross vehicle weight|payload|towing capacity|roof load|axle load|tongue weight|gross combination weight|battery weight",
    "length|width|height|wheelbase|ground clearance|front track|rear track|overhang|turning circle|bed length|wading depth|load height",
    "cargo volume|fuel tank capacity|front trunk volume|passenger volume|displacement|oil capacity|coolant capacity|AdBlue tank capacity",
    "front suspension|rear suspension|front brakes|rear brakes|steering|parking brake|tire size|wheel size", "headroom|legroom|rear legroom|shoulder room|hip room|seat height",
    "0-60 mph time|0-100 km/h|quarter-mile time|top speed|electric top speed|80-120 km/h|braking distance|0-100 mph", "electric range|driving range|battery capacity|battery voltage|battery type|charging time|fast charging power|charge port",
    "engine|transmission|drivetrain|fuel type|displacement|number of cylinders|gears|valvetrain|aspiration", "compression ratio|bore|stroke|redline|idle speed|valve clearance|spark plug gap|boost pressure",
    "number of seats|number of doors|number of airbags|body style|category|upholstery|exterior color|infotainment screen|audio system", "base price|destination charge|monthly payment|insurance cost|annual fuel cost|vehicle tax",
    "oil capacity|oil grade|coolant capacity|transmission fluid capacity|tire pressure|wheel nut torque|service interval|spark plug|brake fluid type", "warranty|battery warranty|powertrain warranty|corrosion warranty|safety rating|service interval",
    "approach angle|departure angle|breakover angle|wading depth|ground clearance|gradeability", "units built|designer|assembly plant|assembly country|generation|model code")]
EVERY = {a.name: a for a in ATTRIBUTES + EXTRA}

SPELLED = {
    "hp": "hp|hp|hp|horsepower|bhp|HP", "lb-ft": "lb-ft|lb-ft|lb ft|lb·ft|pound-feet|ft-lb|lb.-ft.", "Nm": "Nm|Nm|N·m|newton-metres|N m", "in": "in|in|inches|inches", "lb": "lb|lb|lbs|pounds", "kg": "kg|kg|kg|kilograms",
    "mph": "mph|mph|mph|miles per hour", "km/h": "km/h|km/h|kph", "L": "L|L|liters|litres|l", "liters": "liters|litres", "cc": "cc|cc|cm³", "mi": "mi|miles|miles", "s": "s|seconds|seconds|sec", "kW": "kW|kW|kW|kilowatts", "mpg": "mpg|mpg|miles per gallon",
    "L/100 km": "L/100 km|l/100 km|litres per 100 km|liters/100 km", "gal": "gal|gallons|gallons|US gal", "kWh": "kWh|kWh|kilowatt-hours", "cu ft": "cu ft|cu ft|cubic feet|cu. ft", "ft": "ft|feet|feet", "m": "m|m|metres|meters", "h": "h|hours|hours", "min": "min|minutes",
    "rpm": "rpm|rpm|r/min", "USD": "USD|dollars", "EUR": "EUR|euros", "bar": "bar", "qt": "qt|quarts|US qt", "°": "°|degrees", "g/km": "g/km|g/km|grams per kilometer", "%": "%|%|percent", "km": "km|km|kilometers|kilometres"}
CONVERTED = {
    "hp": ("kW", 0.7457, 0), "bhp": ("kW", 0.7457, 0), "PS": ("kW", 0.7355, 0), "kW": ("hp", 1.341, 0), "lb-ft": ("Nm", 1.3558, 0), "Nm": ("lb-ft", 0.7376, 0), "in": ("mm", 25.4, 0), "mm": ("in", 1 / 25.4, 1), "cm": ("in", 1 / 2.54, 1),
    "lb": ("kg", 0.4536, 0), "kg": ("lb", 2.2046, 0), "mph": ("km/h", 1.609, 0), "km/h": ("mph", 0.6214, 0), "mi": ("km", 1.609, 0), "miles": ("km", 1.609, 0), "km": ("mi", 0.6214, 0), "L": ("cu ft", 0.0353, 1), "cu ft": ("L", 28.32, 0),
    "gal": ("L", 3.785, 0), "cc": ("cu in", 0.061, 0), "mpg": ("L/100 km", 0, 1), "L/100 km": ("mpg", 0, 0), "ft": ("m", 0.3048, 1), "m": ("ft", 3.281, 1), "bar": ("psi", 14.5, 0), "psi": ("bar", 0.069, 1), "qt": ("L", 0.946, 1), "$": ("€", 0.92, 0), "£": ("€", 1.17, 0)}
WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
CITIES = "Geneva Detroit Tokyo Paris Turin Frankfurt Seoul Shanghai Birmingham Stuttgart Lyon Gothenburg Osaka Chicago Milan Valencia".split()
PEOPLE = "Anna Keller|Marco Bianchi|Jun Tanaka|Claire Dubois|Peter Hall|Ines Ortega|David Novak|Sarah Lindqvist|Tom Becker".split("|")


class Writer:
    """What all forms of a passage share: names, values, noise. `held` chooses the half of the world."""

    def __init__(self, rng, garage, held):
        self.rng, self.garage, self.held = rng, garage, held
        self.thousands = rng.random() < 0.55

    def pick(self, options):
        """One of `options`; a tenth of them is kept for evaluation, where it makes up a half."""
        if len(options) < 4:
            return self.rng.choice(options)
        for _ in range(60):
            out = self.rng.choice(options)
            if held_out(out) == (self.held and self.rng.random() < 0.5):
                return out
        return out

    def number(self, attribute, unit):
        ranges = [u for u in attribute.units if u[0] == unit]
        out = draw_number(self.rng, *self.rng.choice(ranges), self.held)
        whole, dot, part = out.partition(".")
        if self.thousands and len(whole) > 3:
            whole = f"{int(whole):,}"
        if part and self.rng.random() < 0.1 and part.strip("0") == "":
            return whole
        return whole + dot + part

    def words(self, attribute, trim):
        if attribute.values == FITTED_VALUES:
            return self.rng.choice(attribute.values).format(t=trim or self.rng.choice(TRIMS))
        if not attribute.listed:
            return code(self.rng)
        if attribute.values == ("code",):
            return code(self.rng)
        if attribute.name in BY_NAME:
            return phrase(self.rng, attribute)
        return self.rng.choice(attribute.values) if self.rng.random() < 0.7 else phrase(self.rng, attribute)

    def draw(self, count, fitted=0.04):
        """`count` attributes, no two of them the same thing, many of one family."""
        rng, out, keys = self.rng, [], set()
        while len(out) < count:
            kind = rng.random()
            if kind < 0.45:
                a = EVERY.get(rng.choice(rng.choice(FAMILIES)))
            elif kind < 0.75:
                a = rng.choice(ATTRIBUTES)
            elif kind < 0.92:
                a = rng.choice(EXTRA)
                if a.values == FITTED_VALUES and rng.random() > fitted * 8:
                    continue
            else:
                a = invented(rng, self.held)
            if not a or key(a) in keys:
                continue
            keys.add(key(a))
            out.append(a)
        return out

    def title(self, v):
        """(title, line at the head of the text that names the vehicle, or "")."""
        rng = self.rng
        trim = f" {v.trim}" if v.trim else ""
        named = rng.choice((v.name(), v.name(), f"{v.make} {v.model}", f"{v.make} {v.model}{trim}", f"{v.year} {v.make} {v.model}", f"{v.make} {v.model}{trim} {v.year}"))
        kind = rng.random()
        if kind < 0.5:
            return named, ""
        if kind < 0.8:
            return named + rng.choice((" specifications", " specs", " technical data", " data sheet", " brochure", " > Engine", " > Dimensions", " > Specifications", " review", " - Dimensions", " - Powertrain",
                                       " - Performance", " > History", " (second generation)", " road test", " owner's manual", ": first drive", " press release", " > Design", " (Mk II)", " - Wikipedia", " > Maintenance")), ""
        title = rng.choice((f"{v.model.lower().replace(' ', '-')}.md > Engine", f"{v.model.lower().replace(' ', '_')}.pdf p. {rng.randint(1, 90)}", "Vehicle data sheet", "specs.csv", f"brochure.pdf, page {rng.randint(1, 40)}",
                            "Technical specifications", f"notes-{rng.randint(1, 99)}.txt", "notes.md > Overview", "Owner's manual", "Press release", "History"))
        head = rng.choice(("# {}", "Vehicle: {}", "{}", "## {}", "{} - technical data", "**{}**")).format(named) if rng.random() < 0.6 else ""
        return title, head


class Sheet(Writer):
    """Lists: lines, bullets and runs of names and values."""

    def __init__(self, rng, garage, held):
        super().__init__(rng, garage, held)
        self.unit_in_name = rng.random()   # the share of columns that carry the unit in the name
        self.unit_style = rng.choice(("({})", "({})", "({})", "[{}]", ", {}", "{}"))
        self.lower = rng.random() < 0.1

    def columns(self, size):
        rng = self.rng
        if rng.random() < 0.2:
            chosen = [SAMPLE_COLUMNS[i] for i in sorted(rng.sample(range(len(SAMPLE_COLUMNS)), min(size, len(SAMPLE_COLUMNS)))) if SAMPLE_COLUMNS[i][0] != "engine type"]
            return [(BY_NAME[n], c, u, bool(u)) for n, c, u in chosen]
        return [self.column(a) for a in self.draw(size, 0.1)]

    def column(self, attribute):
        """(attribute, name as written, unit, whether the name holds the unit)."""
        rng = self.rng
        name = rng.choice(attribute.columns)
        if self.lower:
            name = name.lower()
        if not attribute.units:
            return attribute, name, "", False
        unit = rng.choice(attribute.units)[0]
        if unit in ("hp", "mpg") and unit in name.lower().replace("horsepower", "hp").split() and rng.random() < 0.7:
            return attribute, name, unit, True   # "Engine HP: 203": the name says it
        if unit and rng.random() < self.unit_in_name and unit not in ("$", "€", "£", "°", "%"):
            return attribute, f"{name}{'' if self.unit_style[0] == ',' else ' '}{self.unit_style.format(unit)}", unit, True
        return attribute, name, unit, False

    def entries(self, columns, trim):
        """[(name as written, what stands beside it, Fact)]"""
        out = []
        for attribute, name, unit, named in columns:
            value = self.number(attribute, unit) if attribute.units else self.words(attribute, trim)
            fact = Fact(attribute, value, unit)
            out.append((name, fact.value if named else fact.said(), fact))
        return out

    def write(self, v, size):
        rng = self.rng
        entries = self.entries(self.columns(size), v.trim)
        title, head = self.title(v)
        form = rng.choice(("{}: {}", "{}: {}", "{}: {}", "- {}: {}", "* {}: {}", "• {}: {}", "{} = {}", "{} .... {}", "- **{}:** {}", "{} - {}", "{} – {}"))
        lines = [form.format(n, said) for n, said, _ in entries]
        if rng.random() < 0.3:
            lines = [rng.choice(("{} - {}", "{}: {}", "{} – {}", "{} {}")).format(n, said) for n, said, _ in entries]
            text = rng.choice(("; ", "; ", " • ", " | ")).join(lines) + rng.choice(("", "."))
        else:
            text = "\n".join(lines)
        text = f"{head}\n{text}" if head else text
        return Passage(title, text, v, {key(f.attribute): [(f, said)] for _, said, f in entries}, {key(f.attribute): f.attribute for _, _, f in entries}, [])


def capital(text):
    return text[:1].upper() + text[1:]


class Prose(Writer):
    """Sentences as encyclopedias, reviews, press releases, brochures and manuals have them."""

    def __init__(self, rng, garage, held, v):
        super().__init__(rng, garage, held)
        self.v = v
        self.dual = rng.choice((0, 0, 0.1, 0.5, 0.9))
        self.spelled = rng.random()
        self.facts, self.named, self.mentioned = {}, {}, []
        self.told = False   # whether the vehicle has been named
        self.other = self.stranger()

    def stranger(self):
        """Another vehicle, as a text names it."""
        for _ in range(20):
            o = self.garage.neighbour(self.v) if self.rng.random() < 0.3 else self.garage.vehicle(False)
            if o.model != self.v.model:
                return self.rng.choice((f"{o.make} {o.model}", f"{o.make} {o.model}", o.model, f"{o.year} {o.make} {o.model}"))
        return "older model"

    # Values

    def name(self, attribute):
        """A name of the attribute as it stands within a sentence."""
        n = self.rng.choice(attribute.columns + attribute.asked[:6]) if attribute.listed else attribute.name
        if attribute.listed and n[:1].isupper() and not n[:2].isupper() and not n[1:2].isdigit():
            n = n[0].lower() + n[1:]
        return n

    def amount(self, attribute):
        """(value in the text, the same with a hyphen or "")."""
        rng = self.rng
        if not attribute.units:
            return self.words(attribute, self.v.trim), ""
        unit = rng.choice(attribute.units)[0]
        number = self.number(attribute, unit)
        if not unit:
            if number.isdigit() and int(number) <= 12 and rng.random() < 0.55:
                return WORDS[int(number)], f"{WORDS[int(number)]}"
            return number, ""
        if unit in "$€£":
            return unit + number, unit + number
        if unit in "°%":
            return (number + unit if rng.random() < 0.7 else f"{number} {rng.choice(SPELLED[unit].split('|')[1:])}".replace(" %", "%").replace(" °", "°")), ""
        spelled = rng.choice(SPELLED[unit].split("|")) if unit in SPELLED and rng.random() < 0.8 else unit
        glue = "" if rng.random() < 0.05 and len(spelled) < 4 else " "
        said = number + glue + spelled
        if rng.random() < 0.03 and "." not in number and "," not in number and int(number) > 4:
            low = int(number)
            more = low + max(1, low // rng.randint(4, 12))
            return f"{low}{rng.choice((' to ', '–', '-'))}{more}{glue}{spelled}", ""
        hyphen = f"{number}-{spelled}" if re.fullmatch(r"[A-Za-z]+", spelled) else said
        if unit in CONVERTED and rng.random() < self.dual:
            other, factor, decimals = CONVERTED[unit]
            plain = float(number.replace(",", ""))
            converted = 235.2 / max(1, plain) if not factor else plain * factor
            shown = f"{converted:,.{decimals}f}" if self.thousands else f"{converted:.{decimals}f}"
            shown = other + shown if other in "$€£" else f"{shown} {other}"
            if other in ("kW", "hp") and rng.random() < 0.15:
                shown += f"; {plain * 1.014:.0f} PS"
            said += rng.choice((" ({})", " ({})", " ({})", " / {}", " [{}]")).format(shown)
        return said, hyphen

    def phrases(self, attribute, kind):
        """Frames of one kind for an attribute; some of them the general ones."""
        special = SPECIFIC.get(attribute.name)
        if special and special[kind] and self.rng.random() < 0.75:
            return special[kind]
        if attribute.values == FITTED_VALUES:
            return FITTED[kind]
        return (NUMERIC if attribute.units else TEXTUAL)[kind]

    def fill(self, frame, attribute, said, hyphen):
        """(text, span)"""
        span = said
        if "{h}" in frame:
            span = hyphen or said
        n = self.name(attribute)
        if ("a {n}" in frame) and n[:1].lower() in "aeiou":
            frame = frame.replace("a {n}", "an {n}")
        return frame.replace("{h}", span).replace("{x}", span).replace("{n}", n).replace("{N}", capital(n)), span

    def say(self, attribute, kind, scope=ALL, keep=True):
        """A phrase that gives the attribute a new value, or None where there is no such phrase."""
        frames = self.phrases(attribute, kind)
        if not frames:
            return None
        frame = self.pick(frames)
        said, hyphen = self.amount(attribute)
        if frame.startswith("{x}") and not said[0].isdigit() and said[0] not in "$€£":
            said = capital(said)
        if "{x}" in frame and attribute.units and self.rng.random() < 0.07 and not frame.startswith("{"):
            frame = frame.replace("{x}", self.rng.choice(("about ", "an estimated ", "roughly ", "up to ", "some ", "just ", "a claimed ", "over ")) + "{x}")
        text, span = self.fill(frame, attribute, said, hyphen)
        if keep:
            self.facts.setdefault(key(attribute), []).append((Fact(attribute, span, "", scope), span))
        self.named[key(attribute)] = attribute
        return text

    # Vehicles

    def subject(self):
        v, rng = self.v, self.rng
        if not self.told or rng.random() < 0.25:
            self.told = True
            return rng.choice((f"The {v.model}", f"The {v.make} {v.model}", f"The {v.make} {v.model}", f"The {v.year} {v.model}", f"The {v.year} {v.make} {v.model}", f"The new {v.model}", f"This {v.model}", f"{v.make}'s {v.model}"))
        return rng.choice(("It", "It", "It", "The car", "The vehicle", "This one", f"The {v.model}", f"The {v.make}", "The newcomer", "The model"))

    def scoped(self, scope):
        """The subject of a sentence about some of the cars only."""
        rng, v = self.rng, self.v
        if scope.trim:
            t = scope.trim
            return rng.choice((f"The {t}", f"The {v.model} {t}", f"The {t} version", f"The {t} model", f"In {t} trim, it", f"The variant called {t}", f"As a {t}, the car", f"The {v.make} {v.model} {t}"))
        a, b = scope.first, scope.last
        dash = rng.choice("-–")
        if a == b:
            return rng.choice((f"For {a}, it", f"The {a} model", f"The {a} {v.model}", f"In {a}, the car"))
        return rng.choice((f"The {a}{dash}{b} cars", f"Cars built from {a} to {b}", f"From {a} to {b}, the {v.model}", f"Between {a} and {b} it", f"The generation of {a}{dash}{b}", f"The {a} to {b} {v.model}", f"The {v.model} ({a}{dash}{b})"))

    # Sentences

    def fact_sentence(self, queue):
        """A sentence with one to four of the attributes in `queue`, which it takes off."""
        rng = self.rng
        count = min(len(queue), rng.choice((1, 1, 1, 1, 2, 2, 2, 3, 3, 4)))
        take = [queue.pop() for _ in range(count)]
        if count == 1:
            return self.single(take[0])
        kinds = "n" if rng.random() < 0.35 else "v"
        fit = [a for a in take if self.phrases(a, kinds)]
        queue += [a for a in take if a not in fit]
        if not fit:
            return self.single(queue.pop())
        said = [p for p in (self.say(a, kinds) for a in fit) if p]
        if not said:
            return ""
        if len(said) == 1:
            listed = said[0]
        else:
            listed = ", ".join(said[:-1]) + rng.choice((" and ", " and ", ", and ", " as well as " if kinds == "n" else " and ")) + said[-1]
        s = self.subject()
        low = s if s.startswith(self.v.make) else s[0].lower() + s[1:]
        if kinds == "n":
            return self.pick(("With {l}, {s} is well equipped", "{S} comes with {l}", "{S} has {l}", "Thanks to {l}, {s} needs fear no rival", "{S} offers {l}", "Among its data are {l}", "The data sheet lists {l}", "{S}, with {l}, is a good choice",
                              "Highlights are {l}", "{S} is a car with {l}", "Expect {l}", "{S} impresses with {l}")).format(l=listed, s=low, S=s)
        if len(said) == 2:
            return self.pick(("{S} {0} and {1}", "{S} {0}, and it {1}", "{S}, which {0}, {1}", "{S} {0}; it {1}", "While {s} {0}, it also {1}", "{S} {0} but {1}", "{S} {0}, while it {1}", "{S} not only {0}: it also {1}", "{S} {0} and, in the same form, {1}")).format(*said, S=s, s=low)
        return f"{s} {listed}"

    def single(self, a):
        rng, s = self.rng, self.subject()
        kind = rng.random()
        low = s if s.startswith(self.v.make) else s[0].lower() + s[1:]
        if kind < 0.5:
            said = capital(self.say(a, "s"))
            if rng.random() < 0.2:
                extra = self.noise()
                joined = extra[0].lower() + extra[1:] if extra.split()[0] in ("The", "It", "Its", "In", "A", "About", "There", "From", "On", "After", "Deliveries", "Sales", "Production", "Owners") else extra
                return rng.choice((f"{said}, and {joined}", f"{said}; {joined}", f"{said}, while {joined}", f"{extra}, and {said}", f"{extra}: {said}"))
            return said
        v = self.say(a, "v")
        if not v:
            return capital(self.say(a, "s"))
        if kind < 0.62 and a.units:
            old = self.amount(a)[0]
            tail = self.pick((", up from {o} in the {g}", ", down from {o} before", ", compared with the {o} of the older model", ", where the {g} had {o}", ", against {o} for the {r}", ", {d} percent more than before", ", more than the {o} of the {r}", " instead of {o}, as in the {g}"))
            return f"{s} {v}" + tail.format(o=old, g=rng.choice(("old car", "previous model", "predecessor", "first generation", f"{int(self.v.year) - rng.randint(2, 9)} model")), r=self.other, d=rng.randint(3, 40))
        if kind < 0.74:
            mid = self.pick((", built in {c},", ", which was revised in {y},", ", a car for every day,", ", the largest of its line,", ", like the {r},", ", designed by {p},", ", now in its third generation,", ", a rival of the {r},", ", first shown in {c},", ", on sale since {y},"))
            return f"{s}{mid} {v}".format(c=rng.choice(CITIES), y=self.year(), r=self.other, p=rng.choice(PEOPLE))
        if kind < 0.84:
            lead = self.pick(("According to {M}, {s} {v}", "In its basic form, {s} {v}", "On paper, {s} {v}", "The press release says that {s} {v}", "In this form {s} {v}", "With a full tank and a driver, {s} {v}", "Thanks to new materials, {s} {v}", "For the European market, {s} {v}", "Today, {s} {v}"))
            return lead.format(M=self.v.make, s=low, v=v)
        tail = self.pick(("", "", "", "", ", which is a lot for its class", ", enough for most people", ", as tests have shown", ", and the driver feels it", ", according to {M}", ", more than you might think", " as standard", ", a good value")).format(M=self.v.make)
        return f"{s} {v}{tail}"

    def rivals(self, a):
        """A sentence with a value of another vehicle."""
        rng, r = self.rng, self.other
        v = self.say(a, "v", keep=False) or self.say(a, "s", keep=False)
        if not SPECIFIC.get(a.name, {}).get("v") and not v.split()[0] in ("has", "offers", "comes", "is", "boasts", "provides", "achieves"):
            return f"For the {r}, the {self.name(a)} is {self.amount(a)[0]}"
        return self.pick(("Its rival, the {r}, {v}", "The {r} {v}", "By contrast, the {r} {v}", "The {r}, its closest rival, {v}", "For comparison: the {r} {v}", "The {r}, on the other hand, {v}", "Those who want more may look at the {r}, which {v}", "The larger {r} {v}")).format(r=r, v=v)

    def year(self):
        return self.rng.randint(1960, 2026)

    def noise(self):
        rng, v = self.rng, self.v
        return self.pick(NOISE).format(m=v.model, M=v.make, y=self.year(), z=self.year(), c=rng.choice(CITIES), o=self.other, k=rng.choice((f"{rng.randint(1, 999)},{rng.randint(0, 999):03d}", str(rng.randint(100, 9999)))), w=rng.choice(("Golden Wheel", "Design", "Car of the Year", "Red Star")),
                                       d=rng.randint(2, 60), e=rng.randint(10, 99), p=rng.choice(PEOPLE), t=rng.choice(TRIMS), b=code(rng))

    def bait(self, a):
        n = self.name(a)
        self.named[key(a)] = a
        return self.pick(BAIT).format(n=n, N=capital(n), d=self.rng.randint(2, 40))

    def several(self, a, scopes):
        """Sentences that give one attribute a value for each scope."""
        rng = self.rng
        parts = [(scope, self.say(a, "v", scope)) for scope in scopes]
        if not all(p for _, p in parts):
            return ""
        if scopes[0].trim and rng.random() < 0.3:   # "300 hp in the LE and 350 hp in the XSE"
            self.facts.pop(key(a))
            n, listed = self.name(a), []
            for scope in scopes:
                said, _ = self.amount(a)
                self.facts.setdefault(key(a), []).append((Fact(a, said, "", scope), said))
                listed.append(rng.choice(("{x} in the {t}", "{x} for the {t}", "{x} ({t})")).format(x=said, t=scope.trim))
            return rng.choice(("The {n} is {l}", "{N}: {l}", "Its {n} is {l}", "The {n} differs: {l}")).format(n=n, N=capital(n), l=", ".join(listed[:-1]) + " and " + listed[-1])
        if scopes[0].first and rng.random() < 0.5:   # "the 1976-1981 cars had 110 hp; from 1982, 125 hp"
            later = []
            for scope in scopes[1:]:
                said, _ = self.amount(a)
                fact = self.facts[key(a)][len(later) + 1][0]
                self.facts[key(a)][len(later) + 1] = (dataclasses.replace(fact, value=said), said)
                later.append(rng.choice(("from {f} it was {x}", "from {f}, {x}", "from {f} on, {x}", "in {f} this became {x}", "after {p} it was {x}", "the {f}-{l} cars had {x}", "those of {f}-{l}, {x}")).format(f=scope.first, l=scope.last, p=scope.first - 1, x=said))
            return f"{self.scoped(scopes[0])} {parts[0][1]}; " + rng.choice(("; ", ", and ", "; ")).join(later)
        join = rng.choice((". ", "; ", ", while ", ". ", ", whereas "))
        out = ""
        for i, (scope, p) in enumerate(parts):
            s = self.scoped(scope)
            if i and ", " in join and not s.startswith(self.v.make):
                s = s[0].lower() + s[1:]
            elif i and join == "; " and not s.startswith(self.v.make):
                s = s[0].lower() + s[1:]
            out += (join if i else "") + f"{s} {p}"
        return out

    def together(self):
        """A sentence that gives several attributes at once, or None."""
        rng = self.rng
        names, frames = rng.choice(TOGETHER)
        attributes = [EVERY[n] for n in names]
        if any(key(a) in self.facts for a in attributes):
            return None
        frame, said = self.pick(frames), []
        for i, a in enumerate(attributes):
            x, hyphen = self.amount(a)
            if f"{{{i}}} engine" in frame and hyphen and rng.random() < 0.5:
                x = hyphen
            if frame.startswith(f"{{{i}}}"):
                x = capital(x)
            if f"{{{i}}}-cylinder" in frame:
                frame, x = frame.replace(f"{{{i}}}-cylinder", f"{{{i}}}"), x + "-cylinder"
            self.facts[key(a)] = [(Fact(a, x, ""), x)]
            self.named[key(a)] = a
            said.append(x)
        s = self.subject()
        return frame.format(*said, S=s, s=s if s.startswith(self.v.make) else s[0].lower() + s[1:])

    def scopes(self):
        """Two or three trims or ranges of years that values differ by."""
        rng = self.rng
        if rng.random() < 0.62:
            trims = []
            while len(trims) < rng.choice((2, 2, 3)):
                t = self.garage.trim()
                if t not in trims and t != self.v.trim:
                    trims.append(t)
            if self.v.trim and rng.random() < 0.8:
                trims[rng.randrange(len(trims))] = self.v.trim
            return [Scope(trim=t) for t in trims]
        start = int(self.v.year) - rng.randint(0, 8)
        out = []
        for _ in range(rng.choice((2, 2, 3))):
            end = start + rng.choice((0, 2, 3, 3, 4, 5, 6))
            out.append(Scope(first=start, last=end))
            start = end + 1
        return out

    def write(self, count, length):
        """A passage with `count` attributes in about `length` sentences."""
        rng = self.rng
        short = length < 4
        drawn = self.draw(count + 3)
        absent = [drawn.pop() for _ in range(rng.choice((0, 0, 1) if short else (0, 1, 1, 2, 3)))]
        scopes = self.scopes() if rng.random() < (0.15 if short else 0.4) else None
        sentences = []
        if scopes:
            for _ in range(rng.choice((1, 1, 2))):
                a = next((a for a in drawn if self.phrases(a, "v") and (a.units or a.name in BY_NAME)), None)
                if a:
                    drawn.remove(a)
                    sentences.append(self.several(a, scopes))
        for _ in range(rng.choice((0, 0, 1) if short else (0, 0, 1, 1, 2, 3))):
            s = self.together()
            if s:
                sentences.append(s)
                del drawn[:2]
        drawn = [a for a in drawn if key(a) not in self.facts]
        rivals = []
        while drawn:
            s = self.fact_sentence(drawn)
            if s:
                sentences.append(s)
        for k, pairs in list(self.facts.items()):
            if rng.random() < 0.16:
                rivals.append(self.rivals(pairs[0][0].attribute))
        for a in absent:
            if key(a) in self.facts:
                continue
            kind = rng.random()
            if kind < 0.45:
                sentences.append(self.bait(a))
                self.mentioned.append(a)
            elif kind < 0.9:
                rivals.append(self.rivals(a))
                self.mentioned.append(a)
        sentences += [s for s in (self.bait(rng.choice(list(self.named.values()))),) if rng.random() < 0.2]
        while len(sentences) + len(rivals) < length:
            sentences.append(self.noise())
        rng.shuffle(sentences)
        for s in rivals:
            sentences.insert(rng.randint(1, len(sentences)) if sentences else 0, s)
        v = self.v
        title, head = self.title(v)
        opening = rng.random()
        if opening < 0.35 or not head and v.model not in title:
            first = self.pick(("The {M} {m} is a {c} made by {M}", "The {M} {m} is a {c} that was built from {y} to {z}", "The {M} {m} is described here", "This page is about the {y} {M} {m}", "{M} has presented the new {m}", "We drove the {M} {m}", "{c0}: {M} today announced the {m}", "The {m} is the smallest {c} of {M}", "Meet the {M} {m}"))
            start = int(v.year) - rng.randint(0, 5)
            sentences.insert(0, first.format(M=v.make, m=v.model, c=rng.choice(("car", "compact car", "sedan", "sport utility vehicle", "pickup truck", "sports car", "family car", "motorcycle", "van")), y=start, z=start + rng.randint(5, 9), c0=rng.choice(CITIES)))
        text = ""
        for i, s in enumerate(sentences):
            text += ("" if not i else "\n" if rng.random() < 0.07 else " ") + capital(s) + "."
        if head:
            text = f"{head}\n{text}"
        if rng.random() < 0.08:   # a few lines of data beneath the prose
            sheet = Sheet(rng, self.garage, self.held)
            columns = [c for c in sheet.columns(rng.randint(2, 4)) if key(c[0]) not in self.named]
            entries = sheet.entries(columns, v.trim)
            for n, said, f in entries:
                self.facts[key(f.attribute)] = [(f, said)]
                self.named[key(f.attribute)] = f.attribute
            text += "\n" + "\n".join(f"{n}: {said}" for n, said, _ in entries)
        return Passage(title, text, v, self.facts, self.named, [a for a in self.mentioned if key(a) not in self.facts])


def passage_set(rng, garage, held, count, size, length=(3, 13)):
    """`count` passages about one vehicle, of about `size` facts each; no attribute stands in two."""
    vehicle = garage.vehicle(rng.random() < 0.6)
    out, seen = [], set()
    while len(out) < count:
        n = max(2, size // count)
        if rng.random() < 0.2:
            p = Sheet(rng, garage, held).write(vehicle, min(24, n + rng.randint(0, 8 if length[1] >= 8 else 1)))
        else:
            p = Prose(rng, garage, held, vehicle).write(min(12, n), rng.randint(*(length if rng.random() < 0.88 or length[1] < 8 else (12, 24))) // count + 1)
        if seen & set(p.facts) or seen & set(p.attributes) or not p.facts:
            size = max(2, size - 1)
            continue
        seen |= set(p.attributes)
        out.append(p)
    return out
