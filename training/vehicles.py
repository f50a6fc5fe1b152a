"""Vehicles: real and invented makes, models, years and trims, and sets of near misses."""

import dataclasses
import string

from attributes import held_out


@dataclasses.dataclass(frozen=True)
class Vehicle:
    year: str
    make: str
    model: str
    trim: str = ""

    def name(self):
        return " ".join(p for p in (self.year, self.make, self.model, self.trim) if p)


REAL = {
    "Toyota": "Camry|Corolla|RAV4|Highlander|Tacoma|Tundra|Prius|Sienna|4Runner|GR86|Supra|bZ4X|Yaris|Land Cruiser",
    "Honda": "Civic|Accord|CR-V|Pilot|Odyssey|HR-V|Ridgeline|Passport|Fit|Insight|Prologue",
    "Ford": "F-150|Mustang|Explorer|Escape|Bronco|Maverick|Ranger|Expedition|Focus|Mustang Mach-E|F-150 Lightning|Transit|Edge",
    "Chevrolet": "Silverado 1500|Malibu|Equinox|Tahoe|Camaro|Corvette|Bolt EV|Traverse|Colorado|Suburban|Trax|Blazer",
    "Tesla": "Model 3|Model S|Model X|Model Y|Cybertruck|Roadster",
    "BMW": "330i|M3|M5|X3|X5|X1|i4|iX|530i|Z4|i3|1 Series|7 Series",
    "Mercedes-Benz": "C 300|E 350|S 500|GLC 300|GLE 450|EQS|EQE|A-Class|Sprinter|G 550|SL-Class|C-Class",
    "Audi": "A4|A3|Q5|Q7|e-tron|RS 6|S4|TT|R8|A6|Q4 e-tron|100|200",
    "Volkswagen": "Golf|Jetta|Passat|Tiguan|Atlas|ID.4|GTI|Arteon|Polo|Taos|Beetle",
    "Hyundai": "Elantra|Sonata|Tucson|Santa Fe|Kona|Ioniq 5|Ioniq 6|Palisade|Venue|Accent",
    "Kia": "Forte|K5|Sportage|Sorento|Telluride|EV6|EV9|Soul|Niro|Stinger|Rio|Carnival",
    "Nissan": "Altima|Sentra|Rogue|Pathfinder|Leaf|Frontier|Titan|Z|GT-R|Murano|Kicks|Versa|Ariya",
    "Mazda": "Mazda3|CX-5|CX-30|MX-5 Miata|CX-9|CX-90|Mazda6|RX-8",
    "Subaru": "Outback|Forester|Crosstrek|Impreza|WRX|BRZ|Ascent|Legacy|Solterra",
    "Lexus": "RX 350|ES 350|IS 300|NX 250|GX 460|LX 600|UX 250h|LC 500|RX 450h",
    "Porsche": "911|Taycan|Macan|Cayenne|Panamera|718 Cayman|718 Boxster",
    "Volvo": "XC90|XC60|XC40|S60|V60|S90|EX30|C40|V90",
    "Jeep": "Wrangler|Grand Cherokee|Cherokee|Compass|Gladiator|Renegade|Wagoneer",
    "Ram": "1500|2500|3500|ProMaster|ProMaster City", "Dodge": "Charger|Challenger|Durango|Hornet|Journey|Viper",
    "GMC": "Sierra 1500|Yukon|Acadia|Terrain|Canyon|Hummer EV|Savana", "Cadillac": "Escalade|CT5|CT4|XT5|Lyriq|XT4|ATS",
    "Acura": "TLX|MDX|RDX|Integra|NSX|ILX|ZDX", "Infiniti": "Q50|QX60|QX80|Q60|G35|QX50", "Genesis": "G70|G80|G90|GV70|GV80|GV60",
    "Land Rover": "Defender|Discovery|Range Rover|Range Rover Sport|Evoque", "Jaguar": "F-Type|F-Pace|XF|I-Pace|XE|E-Pace",
    "Mini": "Cooper|Countryman|Clubman", "Fiat": "500|500X|500e|Panda|Tipo", "Alfa Romeo": "Giulia|Stelvio|Tonale|4C",
    "Peugeot": "208|308|3008|5008|508|2008", "Renault": "Clio|Megane|Captur|Zoe|Austral|Scenic|Twingo", "Citroen": "C3|C4|C5 Aircross|Berlingo|Ami",
    "Skoda": "Octavia|Fabia|Superb|Kodiaq|Enyaq|Karoq", "Seat": "Ibiza|Leon|Ateca|Arona", "Cupra": "Formentor|Born|Leon",
    "Opel": "Corsa|Astra|Mokka|Insignia|Zafira", "Suzuki": "Swift|Vitara|Jimny|S-Cross|Ignis", "Mitsubishi": "Outlander|Eclipse Cross|Mirage|Pajero|L200|Lancer",
    "Dacia": "Duster|Sandero|Spring|Jogger", "Rivian": "R1T|R1S|R2", "Lucid": "Air|Gravity", "Polestar": "2|3|4", "BYD": "Seal|Dolphin|Atto 3|Han|Tang",
    "NIO": "ET5|ET7|ES8|EL6", "Tata": "Nexon|Harrier|Safari|Punch", "Mahindra": "Thar|XUV700|Scorpio|Bolero", "Buick": "Enclave|Encore|Envision|Regal",
    "Chrysler": "300|Pacifica|Voyager|200", "Lincoln": "Navigator|Aviator|Corsair|Nautilus|MKZ", "Pontiac": "GTO|Firebird|Vibe|G8", "Saab": "9-3|9-5|900",
    "Ferrari": "488 GTB|Roma|F8 Tributo|SF90|California", "Lamborghini": "Huracan|Urus|Aventador|Gallardo", "Bentley": "Continental GT|Bentayga|Flying Spur",
    "Aston Martin": "Vantage|DB11|DBX|DBS", "McLaren": "720S|Artura|GT|570S", "Maserati": "Ghibli|Levante|Quattroporte|MC20",
    "Rolls-Royce": "Ghost|Phantom|Cullinan|Wraith", "Lotus": "Emira|Evora|Elise|Eletre", "MG": "ZS|HS|MG4|Marvel R", "Smart": "fortwo|forfour|#1", "Isuzu": "D-Max|MU-X|NPR",
    "Lancia": "Delta|Ypsilon|Thema", "Hummer": "H1|H2|H3", "Saturn": "Vue|Ion|Sky", "Scion": "tC|xB|FR-S", "Great Wall": "Poer|Wingle", "Geely": "Coolray|Emgrand|Monjaro", "Daihatsu": "Terios|Copen|Sirion",
}
# Makes of the sample data are always trained on; of the others some are held out.
COMMON = set(list(REAL)[:28])
HELD_MAKES = sorted(m for m in REAL if m not in COMMON and held_out(m + "!", 6))

TRIMS = """LE|XLE|SE|XSE|SR5|TRD Pro|Limited|Platinum|EX|EX-L|LX|Sport|Touring|Sport Touring|Elite|XL|XLT|Lariat|King Ranch|GT|
Premium|Raptor|LS|LT|LTZ|RST|High Country|RS|SS|Base|Long Range|Performance|Standard Range|Plaid|xDrive|M Sport|AMG Line|4MATIC|
quattro|S line|Prestige|Premium Plus|R-Line|SEL|N Line|Blue|Calligraphy|S|SV|SL|SR|Nismo|Select|Preferred|Carbon Edition|Turbo|
Wilderness|Onyx|F Sport|Luxury|Carrera|Turbo S|GTS|4S|Inscription|Momentum|Recharge|Rubicon|Sahara|Overland|Summit|Big Horn|
Laramie|Rebel|R/T|SRT|Scat Pack|Denali|AT4|SLE|V-Series|A-Spec|Type S|Type R|Advance|Sensory|Si|ST|ST-Line|Titanium|GT-Line|Allure|
Hybrid|Plug-in Hybrid|2.0 TDI|1.5 TSI|3.0d|2.5 S|Lounge|Abarth|Veloce|Quadrifoglio|Active|Comfort|Elegance|Ambition|Style|Dual Motor|
Launch Edition|Adventure|Trailhawk|Altitude|Black Edition|First Edition|Crew Cab|SuperCrew|Regular Cab|AWD|4x4|Trail Boss|Z71|Nightshade""".replace("\n", "").split("|")

_HEADS = """Ac Al Ar As Be Bo Bra Ca Ce Co Cor Da De Do Dra El En Es Fa Fe Fi Fo Ga Ge Gra Ha He Hy Il In Ja Je Ka Ke Ko Kry
La Le Li Lo Lu Ma Me Mi Mo Na Ne No Ny Ob Or Os Pa Pe Pi Pro Qua Ra Re Ri Ro Sa Se Si So Sta Su Ta Te Ti To Tra Tu Ul Va Ve Vi Vo Wa We Xa Ya Ze Zi Zo""".split()
_MIDDLES = """la le li lo lu ra re ri ro ru na ne ni no ma me mi mo ta te ti to da de di do ca ce co va ve vi vo sa se si so
ga go ba bo pa po fa fi za zi ller ndo rta nti sca spe mbra nde lle sti ska""".split()
_TAILS = """n r s x a o e us is on or ix ax ra na va ta lo no ro ria nia tor dor lux max ric den ton ley ford well man mark dale
rio via ent ant ara ero ino ista ova eta ck th ng sk yx um al el il ar er""".split()


def coined(rng):
    """A made-up name such as Veltaro."""
    parts = [rng.choice(_HEADS)] + [rng.choice(_MIDDLES) for _ in range(rng.choice((0, 1, 1, 2)))]
    return "".join(parts) + rng.choice(_TAILS)


def coined_make(rng, held):
    while True:
        make = coined(rng)
        if rng.random() < 0.1:
            make += rng.choice((" Motors", " Auto", " & " + coined(rng), "-" + coined(rng)))
        if held_out(make) == held:
            return make


def coined_model(rng, held):
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.choice((1, 1, 2, 2, 3))))
    while True:
        kind = rng.random()
        if kind < 0.4:
            model = coined(rng)
        elif kind < 0.6:
            model = f"{letters}{rng.choice(('', '', '-', ' '))}{rng.choice((rng.randint(1, 9), rng.randint(10, 99), rng.randint(1, 9) * 100, rng.randint(100, 999)))}"
        elif kind < 0.7:
            model = str(rng.choice((rng.randint(1, 9) * 100, rng.randint(100, 999), rng.randint(1000, 9000))))
        elif kind < 0.8:
            model = f"{coined(rng)} {rng.choice((letters, rng.randint(2, 9), rng.randint(1, 9) * 100))}"
        elif kind < 0.9:
            model = f"{rng.randint(1, 9) * 10}{rng.choice('deigst')}" if rng.random() < .5 else f"{rng.choice(('Model', 'Series', 'Type', 'Concept'))} {rng.choice(string.ascii_uppercase + string.digits)}"
        else:
            model = f"{coined(rng)} {coined(rng)}"
        if held_out(model) == held:
            return model


def coined_trim(rng):
    kind = rng.random()
    if kind < 0.3:
        return coined(rng)
    if kind < 0.6:
        return "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 3))) + rng.choice(("", "", "+", str(rng.randint(1, 9))))
    return f"{rng.randint(1, 5)}.{rng.randint(0, 9)} {rng.choice(('TDI', 'TSI', 'GDI', 'S', 'T', 'd', 'Turbo', 'V6', coined(rng)))}"


class Garage:
    """Draws vehicles; `held` chooses between the two disjoint halves of the world."""

    def __init__(self, rng, held):
        self.rng = rng
        self.held = held
        self.makes = HELD_MAKES if held else [m for m in REAL if m not in HELD_MAKES]

    def year(self):
        return str(self.rng.choice((self.rng.randint(2015, 2026), self.rng.randint(1990, 2026))))

    def make(self):
        if self.rng.random() < (0.3 if self.held else 0.45):
            return self.rng.choice(self.makes)
        return coined_make(self.rng, self.held)

    def model(self, make):
        if make in REAL and self.rng.random() < 0.85:
            return self.rng.choice(REAL[make].split("|"))
        return coined_model(self.rng, self.held)

    def trim(self):
        return self.rng.choice(TRIMS) if self.rng.random() < 0.6 else coined_trim(self.rng)

    def vehicle(self, trims):
        make = self.make()
        return Vehicle(self.year(), make, self.model(make), self.trim() if trims else "")

    def neighbour(self, v):
        """A vehicle that differs from `v` in one thing only, or is another altogether."""
        kind = self.rng.random()
        if kind < 0.28:
            year = str(int(v.year) + self.rng.choice((-3, -2, -1, -1, 1, 1, 2, 3, 5, -10)))
            return dataclasses.replace(v, year=year)
        if kind < 0.52 and v.trim:
            return dataclasses.replace(v, trim=self.trim())
        if kind < 0.75:
            return dataclasses.replace(v, model=self.model(v.make))
        return self.vehicle(bool(v.trim))

    def lot(self, count):
        """`count` different vehicles, most of them near misses of one another."""
        trims = self.rng.random() < 0.6
        lot = [self.vehicle(trims)]
        while len(lot) < count:
            new = self.neighbour(self.rng.choice(lot)) if self.rng.random() < 0.75 else self.vehicle(trims)
            if new not in lot:
                lot.append(new)
        self.rng.shuffle(lot)
        return lot
