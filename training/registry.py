"""The program's own attributes (registry.json): what it calls them when it asks the model,
and the attributes of attributes.py that are the same thing."""

import dataclasses
import json
import pathlib
import re

from attributes import ATTRIBUTES, Attribute
from phrasing import TEXT_VALUES

# attributes.py's name -> (id in the registry, qualifier)
SAME = {
    "horsepower": "power", "transmission": "transmission", "drivetrain": "drivetrain", "fuel type": "fuel_type", "engine type": "engine_type", "engine": "engine_type",
    "category": "vehicle_class", "body style": "body_type", "city fuel economy": "fuel_consumption city", "highway fuel economy": "fuel_consumption highway",
    "combined fuel economy": "fuel_consumption combined", "electric range": "electric_range", "battery capacity": "battery_capacity", "0-60 mph time": "acceleration_0_60",
    "top speed": "top_speed", "curb weight": "curb_weight", "gross vehicle weight": "gross_weight", "front track": "track front", "rear track": "track rear",
    "number of seats": "seats", "number of doors": "doors", "number of cylinders": "cylinders", "base price": "price", "legroom": "legroom", "rear legroom": "legroom rear",
    "tire size": "tires", "wheel size": "wheels", "front suspension": "suspension front", "rear suspension": "suspension rear", "front brakes": "brakes front",
    "rear brakes": "brakes rear", "exterior color": "color", "charging time": "charge_time", "fast charging power": "charging_power", "CO2 emissions": "co2_emissions",
    "emission class": "emission_standard", "driving range": "fuel_range", "assembly country": "origin", "number of airbags": "airbags",
    "infotainment screen": "screen_size", "audio system": "sound_system", "tire pressure": "tire_pressure", "final drive ratio": "axle_ratio",
    "quarter-mile time": "quarter_mile", "power-to-weight ratio": "power_to_weight", "annual fuel cost": "fuel_cost", "front trunk volume": "frunk_volume",
}
UNITS = {
    "power": [("kW", 0), ("hp", 0), ("PS", 0), ("bhp", 0)], "length": [("mm", 0), ("in", 1), ("cm", 0), ("m", 2), ("ft", 1)], "mass": [("kg", 0), ("lb", 0)],
    "volume": [("L", 1), ("gal", 1), ("qt", 1), ("cu ft", 1)], "time": [("s", 1), ("h", 1), ("min", 0)], "money": [("$", 0), ("€", 0), ("£", 0), ("USD", 0), ("EUR", 0)],
    "rotation": [("rpm", 0)], "emission": [("g/km", 0), ("mg/km", 1), ("g/mi", 0)], "sound": [("dB(A)", 0), ("dB", 0)], "pressure": [("bar", 1), ("psi", 0), ("kPa", 0)],
    "angle": [("°", 1), ("degrees", 0)], "torque": [("Nm", 0), ("lb-ft", 0), ("N·m", 0)], "speed": [("km/h", 0), ("mph", 0)], "voltage": [("V", 0)], "charge": [("Ah", 0)],
    "energy": [("kWh", 1)], "current": [("A", 0)], "area": [("m²", 2)], "consumption": [("L/100 km", 1)], "electric_consumption": [("kWh/100 km", 1)], "specific_power": [("kW/t", 0)],
}
SIZES = {("mm", "m"): 0.001, ("mm", "cm"): 0.1, ("mm", "in"): 1 / 25.4, ("mm", "ft"): 1 / 304.8, ("m", "mm"): 1000, ("m", "cm"): 100, ("m", "in"): 39.4, ("m", "ft"): 3.28,
         ("kg", "lb"): 2.2, ("L", "gal"): 0.264, ("L", "qt"): 1.06, ("L", "cu ft"): 0.035, ("kW", "hp"): 1.34, ("kW", "bhp"): 1.34, ("bar", "psi"): 14.5, ("bar", "kPa"): 100, ("Nm", "lb-ft"): 0.74}
# Names that say another thing as well, or nothing that a question would.
NOT_ASKED = set("city registered ac pm co used name gross curb tank drag trail class location condition price cost".split())
SIDES = set("front rear city highway hwy combined dc ac left right urban".split())
FITTED = ("standard", "standard", "optional", "optional", "yes", "no", "not available", "available", "included", "part of the {t} package", "standard on the {t}", "available at extra cost")


@dataclasses.dataclass(frozen=True)
class Asked:
    """How the program names an attribute in a question."""

    key: str       # the registry's id with the qualifier: the same thing has the same key
    name: str
    aliases: tuple


def load():
    data = json.loads((pathlib.Path(__file__).parent / "registry.json").read_text())
    return {a["id"]: a for a in data["attributes"]}


def aliases(entry):
    out = []
    for n in entry["names"].get("en", []):
        plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 /'×-]{2,28}", n) and not re.search(r"[a-z][A-Z]", n)
        if plain and n.lower() not in NOT_ASKED and not SIDES & set(n.lower().split()):
            out.append(n)
    return tuple(out[:16])


def units(entry):
    """(unit, low, high, decimals) as attributes.py has them."""
    low, high = entry["low"] or 1, entry["high"] or 1000
    high = min(high, low * 400, 40000)
    if entry["dimension"] == "count":
        return tuple([("", max(1, int(low)), int(min(high, 24)), 0)])
    if entry["dimension"] in ("none", ""):
        return tuple([("", low, min(high, 500), 1 if high < 60 else 0)])
    if entry["dimension"] == "ratio":
        return (("%", 5, 95, 0),) if entry["unit"] == "%" else (("", low, high, 2), (":1", low, high, 1))
    if entry["unit"] in ("years", "months"):
        return ((entry["unit"], 1, 24, 0),)
    if entry["unit"] == "km":
        return (("km", max(50, low), high, 0), ("miles", max(50, low), high, 0))
    if entry["unit"] == "ml":
        return (("ml", 100, 2000, 0),)
    if entry["unit"] == "s":
        return (("s", low, min(high, 60), 1), ("seconds", low, min(high, 60), 1))
    mine = UNITS[entry["dimension"]]
    scale = 25 if entry["dimension"] == "money" else 1
    to = lambda u: scale * SIZES.get((entry["unit"], u), 1)
    return tuple((u, low * to(u), high * to(u), d) for u, d in mine)


def build():
    registry = load()
    asked, extra = {}, []
    for a in ATTRIBUTES:
        id, _, side = SAME.get(a.name, a.name.replace(" ", "_").replace("-", "_")).partition(" ")
        entry = registry[id]
        name = entry["name"]["en"]
        other = tuple(n for n in aliases(entry) if n.isascii())
        if side:
            other = tuple(f"{side} {n}" for n in other[:3])
            name = f"{side} {name}"
        other += tuple(n for n in a.asked if (not side or side in n or "mpg" in n) and n not in other)
        asked[a.name] = Asked(f"{id} {side}", name, other)
    taken = {a.key.split()[0] for a in asked.values()} | set("make model trim year year_last name attribute_name attribute_value attribute_unit quantity fuel_saving acceleration".split())
    for id, entry in registry.items():
        if id in taken or entry["name"]["en"] in asked or id.endswith("_time") and id != "lap_time":
            continue
        name, other = entry["name"]["en"], aliases(entry)
        columns = tuple(n[0].upper() + n[1:] for n in (name, *other[:6]))
        if entry["type"] == "number":
            new = Attribute(name, columns, (name, *other), units(entry))
        elif entry["type"] == "yes_no":
            new = Attribute(name, columns, (name, *other), (), FITTED)
        else:
            values = tuple(TEXT_VALUES.get(id, "").split("|")) if TEXT_VALUES.get(id) else ()
            new = Attribute(name, columns, (name, *other), (), values or ("code",))
        extra.append(new)
        asked[name] = Asked(f"{id} ", name, other)
    return asked, extra


ASKED, EXTRA = build()

if __name__ == "__main__":
    for a in ATTRIBUTES + EXTRA:
        print(a.name, "|", ASKED[a.name].name, "|", ASKED[a.name].aliases[:8], "|", (a.units or a.values)[:3])
