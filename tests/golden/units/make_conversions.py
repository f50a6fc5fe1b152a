"""Writes conversions.tsv: values in one unit and what they are in another, computed by pint
(https://pint.readthedocs.io), which has its own table of units.

    pip install pint==0.25.3
    python tests/golden/units/make_conversions.py > tests/golden/units/conversions.tsv
"""
import pint

u = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
Q = u.Quantity
# The energy that a gallon and a litre of petrol stand for, by definition of the labels that use them.
MPGE = Q(33.7, "kWh / US_liquid_gallon")
LE = Q(8.9, "kWh / liter")

FAMILIES = [
    {"kW": "kW", "W": "W", "MW": "MW", "hp": "horsepower", "bhp": "horsepower",
     "PS": "metric_horsepower", "ch": "metric_horsepower", "CV": "metric_horsepower",
     "л.с.": "metric_horsepower", "马力": "metric_horsepower"},
    {"Nm": "N*m", "daNm": "daN*m", "kNm": "kN*m", "lb-ft": "force_pound*foot",
     "in-lb": "force_pound*inch", "kgf·m": "force_kilogram*m", "kgf·cm": "force_kilogram*cm"},
    {"kg": "kg", "g": "g", "t": "metric_ton", "lb": "pound", "oz": "ounce", "st": "stone",
     "cwt": "long_hundredweight", "short ton": "short_ton", "long ton": "long_ton"},
    {"mm": "mm", "cm": "cm", "m": "m", "km": "km", "in": "inch", "ft": "foot", "yd": "yard",
     "mi": "mile", "nmi": "nautical_mile"},
    {"m²": "m^2", "cm²": "cm^2", "sq ft": "foot^2", "sq in": "inch^2"},
    {"L": "liter", "ml": "ml", "cc": "cm^3", "cm³": "cm^3", "cu in": "inch^3", "cu ft": "foot^3",
     "cu yd": "yard^3", "m³": "m^3", "gal": "US_liquid_gallon", "US gal": "US_liquid_gallon",
     "imp gal": "imperial_gallon", "qt": "US_liquid_quart", "imp qt": "imperial_quart",
     "pt": "US_pint", "imp pt": "imperial_pint", "fl oz": "US_fluid_ounce"},
    {"km/h": "km/hour", "mph": "mile/hour", "m/s": "m/s", "kn": "knot", "ft/s": "foot/s"},
    {"s": "s", "ms": "ms", "min": "minute", "h": "hour", "days": "day", "weeks": "week"},
    {"kWh": "kWh", "Wh": "Wh", "MWh": "MWh", "MJ": "MJ", "kJ": "kJ"},
    {"g/km": "g/km", "mg/km": "mg/km", "g/mi": "g/mile", "lb/mi": "pound/mile"},
    {"kPa": "kPa", "bar": "bar", "psi": "psi", "MPa": "MPa", "hPa": "hPa", "mbar": "mbar",
     "atm": "atm", "kgf/cm²": "force_kilogram/cm^2"},
    {"V": "V", "kV": "kV"}, {"A": "A", "mA": "mA"}, {"Ah": "A*hour", "mAh": "mA*hour"},
    {"°": "degree", "rad": "radian"},
    {"kW/t": "kW/metric_ton", "PS/t": "metric_horsepower/metric_ton",
     "hp/t": "horsepower/metric_ton", "W/kg": "W/kg"},
]
VALUES = [1, 136.5, 7.25]

# Unit, whether it is a distance for a volume or energy, and the energy that its volume stands for.
FUEL = {"L/100 km": ("liter/(100*km)", False, 1), "mpg": ("mile/US_liquid_gallon", True, 1),
        "mpg (US)": ("mile/US_liquid_gallon", True, 1),
        "mpg (imperial)": ("mile/imperial_gallon", True, 1), "km/L": ("km/liter", True, 1),
        "mi/L": ("mile/liter", True, 1), "L/km": ("liter/km", False, 1),
        "gal/100 mi": ("US_liquid_gallon/(100*mile)", False, 1)}
ELECTRIC = {"kWh/100 km": ("kWh/(100*km)", False, 1), "Wh/km": ("Wh/km", False, 1),
            "kWh/100 mi": ("kWh/(100*mile)", False, 1), "kWh/mi": ("kWh/mile", False, 1),
            "Wh/mi": ("Wh/mile", False, 1), "mi/kWh": ("mile/kWh", True, 1),
            "km/kWh": ("km/kWh", True, 1), "MJ/km": ("MJ/km", False, 1),
            "MPGe": ("mile/US_liquid_gallon", True, MPGE),
            "Le/100 km": ("liter/(100*km)", False, LE)}


def row(value, a, b, result):
    print(f"{value!r}\t{a}\t{b}\t{result:.17g}")


for family in FAMILIES:
    for i, (a, x) in enumerate(family.items()):
        for j, (b, y) in enumerate(family.items()):
            # neighbours in the list, and everything to and from its first unit
            if a != b and (i == 0 or j == 0 or abs(i - j) == 1):
                value = VALUES[(i + j) % 3]
                row(value, a, b, Q(value, x).to(y).magnitude)
for a, b, value in [("°C", "°F", 21.5), ("°F", "°C", 100), ("°C", "K", -7.25), ("K", "°F", 310.5)]:
    name = {"°C": "degC", "°F": "degF", "K": "kelvin"}
    row(value, a, b, Q(value, name[a]).to(name[b]).magnitude)


def consumption(value, unit, inverse, energy):
    """What is used up for a distance: a volume, or an energy."""
    q = value * u(unit)
    return energy / q if inverse else q * energy


def reading(used, unit, inverse, energy):
    q = energy / used if inverse else used / energy
    return (q / u(unit)).to("").magnitude


for family in FUEL, ELECTRIC:
    for i, (a, (x, a_inverse, a_energy)) in enumerate(family.items()):
        for b, (y, b_inverse, b_energy) in family.items():
            if a != b:
                value = [6.1, 30, 47.25][i % 3]
                used = consumption(value, x, a_inverse, a_energy)
                row(value, a, b, reading(used, y, b_inverse, b_energy))
