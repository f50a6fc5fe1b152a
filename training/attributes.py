"""What can be said of a vehicle: the attributes, their many names, and their values.

Each attribute has one canonical name (the answer uses it), names that columns
and spec sheets give it, names that people ask by, whole questions of its own,
and either units with number ranges or a stock of text values.
"""

import dataclasses
import string
import zlib


@dataclasses.dataclass(frozen=True)
class Attribute:
    name: str            # canonical, as the answer says it
    columns: tuple       # as documents call it
    asked: tuple         # as questions call it
    units: tuple = ()    # (unit, low, high, decimals); "" where there is none
    values: tuple = ()   # text values
    how: tuple = ()      # whole questions; {v} is the vehicle
    says: tuple = ()     # sentences of prose; {x} is the value with its unit
    listed: bool = True  # False for an invented one


def _split(names):
    return tuple(n.strip() for n in names.split("|") if n.strip())


def number(name, columns, asked, units, how="", says=""):
    return Attribute(name, _split(columns), _split(asked), tuple(units), (), _split(how), _split(says))


def text(name, columns, asked, values, how="", says=""):
    return Attribute(name, _split(columns), _split(asked), (), _split(values), _split(how), _split(says))


LENGTHS = lambda low, high: [("in", low, high, 1), ("mm", int(low * 25.4), int(high * 25.4), 0),
                             ("cm", int(low * 2.54), int(high * 2.54), 0)]
WEIGHTS = lambda low, high: [("lb", low, high, 0), ("lbs", low, high, 0),
                             ("kg", int(low * 0.4536), int(high * 0.4536), 0)]

ATTRIBUTES = [
    number("horsepower", "Horsepower|Engine HP|HP|Power|Max. power|Maximum power|Engine power|Power output|Peak power|Max Power|Rated power",
           "horsepower|hp|engine power|power|power output|maximum power|max. power|max power|engine hp|peak horsepower|engine output",
           [("hp", 60, 990, 0), ("hp", 60, 990, 0), ("bhp", 60, 990, 0), ("PS", 60, 990, 0), ("kW", 45, 740, 0)],
           "how powerful is {v}|how many horsepower does {v} have|how much power does {v} make|how many hp does {v} produce|how strong is the engine of {v}",
           "It makes {x}.|The engine produces {x}.|Power is rated at {x}.|The motor delivers {x}."),
    number("torque", "Torque|Max. torque|Maximum torque|Engine torque|Peak torque|Torque output",
           "torque|maximum torque|max torque|peak torque|engine torque|torque output",
           [("lb-ft", 60, 990, 0), ("lb-ft", 60, 990, 0), ("lb ft", 60, 990, 0), ("Nm", 90, 1350, 0)],
           "how much torque does {v} have|how much torque does {v} produce|how much torque does {v} make",
           "Torque peaks at {x}.|It develops {x} of torque."),
    text("transmission", "Transmission|Gearbox|Transmission Type|Transmission type", "transmission|gearbox|transmission type|type of transmission",
         "8-speed automatic|6-speed manual|CVT|7-speed dual-clutch|10-speed automatic|eCVT|single-speed|5-speed manual|9-speed automatic|6-speed automatic|4-speed automatic|8-speed dual-clutch|6-speed DCT|1-speed direct drive|7-speed manual|Automatic|Manual",
         "which gearbox does {v} use|what kind of transmission does {v} have|is {v} automatic or manual", "It comes with a {x} transmission.|Shifting is by a {x} gearbox."),
    text("drivetrain", "Drivetrain|Drive type|Driven wheels|Drive|Driven_Wheels|Drive Wheels", "drivetrain|drive type|driven wheels|drive wheels|type of drive",
         "FWD|RWD|AWD|4WD|front-wheel drive|rear-wheel drive|all-wheel drive|four-wheel drive|4x4|4x2|part-time 4WD|full-time AWD",
         "which wheels are driven in {v}|is {v} front- or all-wheel drive", "The drivetrain is {x}."),
    text("fuel type", "Fuel Type|Fuel|Engine Fuel Type|Recommended fuel|Fuel type", "fuel type|fuel|type of fuel|recommended fuel|engine fuel type",
         "regular unleaded|premium unleaded|Gasoline|Diesel|Electric|Hybrid|Plug-in hybrid|E85|flex-fuel|premium unleaded (required)|premium unleaded (recommended)|Petrol|Hydrogen|CNG",
         "what fuel does {v} take|which fuel does {v} need|what does {v} run on", "It runs on {x}."),
    text("engine type", "Engine Type|Engine layout|Type of engine|Engine configuration|Cylinder layout", "engine type|engine layout|type of engine|engine configuration",
         "Inline-4|V6|V8|Inline-6|Flat-4|Flat-6|V10|V12|W12|Inline-3|Rotary|Electric motor|Dual electric motors|I4 turbo|V6 twin-turbo|I4 hybrid|Boxer 4|Turbocharged V8",
         "what type of engine does {v} have|what kind of engine powers {v}", "Power comes from a {x} engine."),
    text("engine", "Engine|Engine name|Powertrain|Motor|Engine description", "engine|powertrain|motor|engine name",
         "2.5L I4|3.5L V6|5.0L V8|2.0L turbo I4|1.5L turbo I4|3.0L twin-turbo I6|6.2L V8|1.8L hybrid I4|2.4L turbo flat-4|3.0L diesel V6|Single permanent-magnet motor|Dual motor|4.0L twin-turbo V8|1.0L turbo I3|2.0 TDI|1.6 GDI|3.6L Pentastar V6|2.7L EcoBoost V6|6.7L turbodiesel I6|1.2 PureTech|2.5L hybrid I4",
         "which engine does {v} have|what engine is in {v}", "Under the hood is a {x}."),
    text("category", "Category|Vehicle class|Class|Segment|Market Category|Vehicle category", "category|vehicle class|class|segment|market category",
         "Sedan|SUV|Pickup|Hatchback|Coupe|Compact SUV|Midsize sedan|Full-size pickup|Minivan|Crossover|Luxury|Performance|Sports car|Subcompact|Wagon|Convertible|Electric SUV|Luxury SUV|Compact sedan|Van|Compact|Midsize SUV|Full-size SUV",
         "what class of vehicle is {v}|which segment does {v} belong to", "It belongs to the {x} class."),
    text("body style", "Body style|Vehicle Style|Body type|Body|Vehicle style", "body style|vehicle style|body type|body",
         "4-door sedan|2-door coupe|5-door hatchback|4-door SUV|Crew cab pickup|Extended cab pickup|Regular cab pickup|Convertible|Wagon|Passenger minivan|Cargo van|Roadster|Fastback|Liftback|2-door SUV|Targa",
         "what body style does {v} have", "The body style is {x}."),
    number("city fuel economy", "City MPG|City mpg|City fuel economy|EPA city|Fuel economy city|MPG city|City consumption|Fuel consumption, city|Urban consumption",
           "city mpg|city fuel economy|fuel economy in the city|mpg in the city|city consumption|urban fuel consumption|city mileage|fuel consumption in town",
           [("mpg", 9, 140, 0), ("mpg", 9, 60, 0), ("MPGe", 50, 145, 0), ("L/100 km", 1, 22, 1), ("km/L", 5, 40, 1)],
           "how many mpg does {v} get in the city|how economical is {v} in the city|what mileage does {v} get in town", "In the city it gets {x}.|City driving returns {x}."),
    number("highway fuel economy", "Highway MPG|highway MPG|Highway fuel economy|EPA highway|Fuel economy highway|MPG highway|Highway consumption|Extra-urban consumption|Hwy MPG",
           "highway mpg|highway fuel economy|fuel economy on the highway|mpg on the highway|highway consumption|extra-urban fuel consumption|highway mileage|hwy mpg",
           [("mpg", 12, 140, 0), ("mpg", 12, 60, 0), ("MPGe", 50, 145, 0), ("L/100 km", 1, 18, 1), ("km/L", 6, 45, 1)],
           "how many mpg does {v} get on the highway|how economical is {v} on the highway|what mileage does {v} get on the motorway", "On the highway it gets {x}.|Highway driving returns {x}."),
    number("combined fuel economy", "Combined MPG|Combined mpg|Combined fuel economy|EPA combined|Fuel economy combined|MPG combined|Combined consumption|Fuel consumption, combined|Average consumption",
           "combined mpg|combined fuel economy|fuel economy|overall mpg|combined consumption|average fuel consumption|combined mileage|overall fuel economy",
           [("mpg", 10, 140, 0), ("mpg", 10, 60, 0), ("L/100 km", 1, 20, 1), ("km/L", 5, 42, 1)],
           "how many mpg does {v} get overall|how thirsty is {v} on average|how economical is {v} overall", "Combined, it returns {x}.|It averages {x}."),
    number("electric range", "Electric Range|EV range|Electric driving range|All-electric range|Battery range|Range on battery|WLTP range",
           "electric range|ev range|all-electric range|range on battery|battery range|electric driving range",
           [("mi", 15, 520, 0), ("miles", 15, 520, 0), ("km", 25, 830, 0)],
           "how far can {v} go on electricity|how far does {v} drive on one charge|how many miles can {v} drive on a charge", "It covers {x} on a full charge."),
    number("battery capacity", "Battery|Battery capacity|Battery size|Usable battery|Traction battery|Battery pack", "battery capacity|battery|battery size|size of the battery|traction battery capacity|battery pack",
           [("kWh", 1, 212, 1), ("kWh", 8, 120, 0)], "how big is the battery of {v}|how large is the battery in {v}|how many kWh does the battery of {v} hold", "The battery holds {x}."),
    number("0-60 mph time", "0-60 mph|0-60 mph time|0 to 60 mph|Zero to 60|0-60|Acceleration 0-60 mph",
           "0-60 mph time|0-60 time|0-60 mph|acceleration|acceleration to 60 mph|zero to sixty time|sprint time",
           [("s", 2, 16, 1), ("s", 2, 16, 1), ("sec", 2, 16, 1), ("seconds", 2, 16, 2)],
           "how quick is {v}|how fast does {v} reach 60 mph|how long does {v} take from 0 to 60|how quickly does {v} accelerate", "The sprint from a standstill takes {x}.|It reaches 60 mph in {x}."),
    number("top speed", "Top Speed|Maximum speed|Max. speed|Vmax|Top speed|Max speed", "top speed|maximum speed|max speed|vmax|max. speed",
           [("mph", 80, 268, 0), ("mph", 80, 268, 0), ("km/h", 130, 430, 0)], "how fast is {v}|how fast can {v} go|what speed can {v} reach", "It tops out at {x}.|The top speed is {x}."),
    number("curb weight", "Curb Weight|Kerb weight|Weight|Curb weight|Empty weight|Unladen weight|Vehicle weight", "curb weight|weight|kerb weight|empty weight|unladen weight|vehicle weight|mass",
           WEIGHTS(1600, 9000), "how much does {v} weigh|how heavy is {v}|what does {v} weigh", "It weighs {x}.|It tips the scales at {x}."),
    number("gross vehicle weight", "GVWR|Gross vehicle weight|Gross weight|Max. gross weight|Gross Vehicle Weight Rating", "gvwr|gross vehicle weight|gross weight|gross vehicle weight rating",
           WEIGHTS(3000, 14000), "how heavy may {v} be when loaded", "The gross weight is {x}."),
    number("length", "Length|Overall length|Vehicle length|Exterior length", "length|overall length|vehicle length|exterior length", LENGTHS(106, 268), "how long is {v}", "It is {x} long."),
    number("width", "Width|Overall width|Vehicle width|Exterior width|Width without mirrors", "width|overall width|vehicle width|exterior width", LENGTHS(62, 98), "how wide is {v}", "It is {x} wide."),
    number("height", "Height|Overall height|Vehicle height|Exterior height", "height|overall height|vehicle height|exterior height", LENGTHS(44, 112), "how tall is {v}|how high is {v}", "It stands {x} tall."),
    number("wheelbase", "Wheelbase|Wheel base|Axle spacing", "wheelbase|wheel base|axle spacing|distance between the axles", LENGTHS(73, 178), "how long is the wheelbase of {v}", "The wheelbase measures {x}."),
    number("ground clearance", "Ground clearance|Min. ground clearance|Ride height|Ground Clearance", "ground clearance|minimum ground clearance|ride height", LENGTHS(4, 14), "how high off the ground is {v}|how much clearance does {v} have", "It rides {x} off the ground."),
    number("front track", "Front track|Track, front|Track width front|Front track width", "front track|front track width|track at the front", LENGTHS(52, 75)),
    number("rear track", "Rear track|Track, rear|Track width rear|Rear track width", "rear track|rear track width|track at the rear", LENGTHS(52, 75)),
    number("number of seats", "Seats|Seating capacity|Number of seats|Passenger capacity|Seating|Passengers|No. of seats", "number of seats|seating capacity|seats|passenger capacity|seating",
           [("", 2, 15, 0)], "how many seats does {v} have|how many people fit in {v}|how many passengers can {v} carry|how many does {v} seat", "There are {x} seats.|It seats {x}."),
    number("number of doors", "Doors|Number of doors|Number of Doors|Door count|No. of doors", "number of doors|doors|door count", [("", 2, 6, 0)], "how many doors does {v} have", "It has {x} doors."),
    number("number of cylinders", "Cylinders|Engine Cylinders|Number of cylinders|Cylinder count|No. of cylinders", "number of cylinders|cylinders|cylinder count|engine cylinders", [("", 2, 16, 0)], "how many cylinders does {v} have", "The engine has {x} cylinders."),
    number("displacement", "Displacement|Engine displacement|Engine size|Engine capacity|Cubic capacity|Swept volume", "displacement|engine displacement|engine size|engine capacity|cubic capacity",
           [("L", 0, 8, 1), ("cc", 600, 8000, 0), ("cm3", 600, 8000, 0), ("liters", 1, 8, 1)], "how big is the engine of {v}|how large is the engine in {v}", "The engine displaces {x}."),
    number("compression ratio", "Compression ratio|Compression|Compression Ratio", "compression ratio|compression", [("", 8, 23, 1)], "", "The compression ratio is {x}."),
    number("bore", "Bore|Cylinder bore", "bore|cylinder bore", [("mm", 60, 115, 1), ("in", 2, 5, 2)]),
    number("stroke", "Stroke|Piston stroke", "stroke|piston stroke", [("mm", 55, 120, 1), ("in", 2, 5, 2)]),
    number("redline", "Redline|Max. engine speed|Rev limit|Redline speed", "redline|rev limit|maximum engine speed|max rpm", [("rpm", 4000, 10500, 0)], "how high does the engine of {v} rev", "The engine revs to {x}."),
    number("cargo volume", "Cargo Volume|Cargo capacity|Trunk volume|Luggage capacity|Boot capacity|Cargo space|Trunk space|Load volume",
           "cargo volume|cargo space|trunk volume|luggage capacity|boot space|trunk space|cargo capacity|boot capacity",
           [("cu ft", 4, 150, 1), ("cu ft", 4, 150, 1), ("L", 120, 2400, 0), ("liters", 120, 2400, 0)], "how much luggage fits in {v}|how big is the trunk of {v}|how much cargo can {v} hold", "The cargo area holds {x}."),
    number("towing capacity", "Towing Capacity|Max. towing|Tow rating|Maximum towing capacity|Trailer load|Braked towing weight|Max trailer weight|Towing",
           "towing capacity|tow rating|maximum towing capacity|max towing|trailer load|towing|braked towing weight|maximum trailer weight", WEIGHTS(900, 14500), "how much can {v} tow|how heavy a trailer can {v} pull|what can {v} tow", "It can tow {x}.|It pulls trailers of up to {x}."),
    number("payload", "Payload|Payload capacity|Max. payload|Load capacity|Maximum payload", "payload|payload capacity|maximum payload|max payload|load capacity", WEIGHTS(600, 7900), "how much can {v} carry|how much load can {v} take", "It carries {x} of payload."),
    number("roof load", "Roof load|Max. roof load|Roof load limit", "roof load|maximum roof load|roof load limit", WEIGHTS(60, 400), "how much may be put on the roof of {v}"),
    number("fuel tank capacity", "Fuel Tank|Fuel tank capacity|Tank capacity|Fuel capacity|Tank size|Tank volume", "fuel tank capacity|fuel tank|tank size|fuel capacity|tank capacity|tank volume|size of the fuel tank",
           [("gal", 8, 48, 1), ("gal", 8, 48, 1), ("gallons", 8, 48, 1), ("L", 30, 180, 0), ("liters", 30, 180, 0)], "how big is the fuel tank of {v}|how much fuel does {v} hold|how many gallons does the tank of {v} hold", "The fuel tank holds {x}."),
    number("base price", "Base Price|MSRP|Price|List price|Starting price|Retail price|Starting MSRP", "base price|price|msrp|list price|starting price|retail price|sticker price|cost",
           [("USD", 9000, 350000, 0), ("$", 9000, 350000, 0), ("EUR", 9000, 350000, 0), ("€", 9000, 350000, 0), ("GBP", 9000, 300000, 0), ("£", 9000, 300000, 0)],
           "how much does {v} cost|how expensive is {v}|what does {v} cost|what is {v} priced at", "It starts at {x}.|Prices begin at {x}."),
    number("turning circle", "Turning circle|Turning diameter|Curb-to-curb turning circle|Turning Circle", "turning circle|turning diameter|turning circle curb to curb", [("ft", 28, 56, 1), ("m", 8, 17, 1)], "how tightly can {v} turn", "The turning circle is {x}."),
    number("drag coefficient", "Drag coefficient|Cd|Aerodynamic drag|Cd value|Coefficient of drag", "drag coefficient|cd|cd value|coefficient of drag|aerodynamic drag", [("", 0, 0.5, 2)], "how aerodynamic is {v}", "The drag coefficient is {x}."),
    number("headroom", "Headroom|Front headroom|Head room", "headroom|front headroom|head room", LENGTHS(35, 44), "how much headroom does {v} have"),
    number("legroom", "Legroom|Front legroom|Leg room", "legroom|front legroom|leg room", LENGTHS(35, 47), "how much legroom does {v} have"),
    number("rear legroom", "Rear legroom|Second-row legroom|Legroom, rear", "rear legroom|second-row legroom|legroom in the back", LENGTHS(24, 46), "how much legroom is there in the back of {v}"),
    number("shoulder room", "Shoulder room|Front shoulder room", "shoulder room|front shoulder room", LENGTHS(48, 68)),
    number("passenger volume", "Passenger volume|Interior volume|Cabin volume", "passenger volume|interior volume|cabin volume", [("cu ft", 48, 190, 1), ("L", 1400, 5400, 0)], "how roomy is {v}"),
    text("tire size", "Tire size|Tyres|Tires|Tyre size|Front tires", "tire size|tires|tyre size|tyres",
         "215/55R17|235/45R18|225/65R17|275/55R20|265/70R17|205/55R16|245/40R19|255/50R19|195/65R15|285/45R22|185/60R15|275/65R18|305/30R20|235/60R18|225/45R17", "what tires does {v} use|which tyres does {v} run on", "It rides on {x} tires."),
    text("wheel size", "Wheels|Wheel size|Rims|Alloy wheels", "wheel size|wheels|rims|size of the wheels", "17-inch alloy|18-inch alloy|16-inch steel|19-inch alloy|20-inch alloy|21-inch forged|22-inch alloy|15-inch steel|17x7.5 in|18x8.0 in|20x9.0 in", "how big are the wheels of {v}"),
    text("front suspension", "Front suspension|Suspension, front|Suspension front", "front suspension|suspension at the front", "MacPherson strut|double wishbone|independent coil spring|air suspension|multi-link|torsion bar|strut with coil springs|live axle"),
    text("rear suspension", "Rear suspension|Suspension, rear|Suspension rear", "rear suspension|suspension at the rear", "multi-link|torsion beam|leaf spring|solid axle with coil springs|double wishbone|trailing arm|air suspension|de Dion axle"),
    text("front brakes", "Front brakes|Brakes, front|Front brake type", "front brakes|brakes at the front|front brake type", "ventilated discs|12.0 in ventilated discs|solid discs|carbon-ceramic discs|330 mm discs|cross-drilled discs|six-piston discs"),
    text("rear brakes", "Rear brakes|Brakes, rear|Rear brake type", "rear brakes|brakes at the rear|rear brake type", "solid discs|drums|ventilated discs|11.1 in solid discs|300 mm discs|carbon-ceramic discs|drum brakes"),
    text("steering", "Steering|Steering type", "steering|steering type|type of steering", "electric power rack-and-pinion|rack-and-pinion|hydraulic power|recirculating ball|electric power assist|variable-ratio electric"),
    text("exterior color", "Color|Exterior color|Colour|Paint", "color|exterior color|colour|paint", "Red|Midnight Black|Pearl White|Silver Metallic|Blue|Racing Green|Graphite|Oxford White|Sunset Orange|Sand Beige|Deep Blue Pearl|Yellow", "what color is {v}"),
    number("charging time", "Charging time|Charge time|Charging time (AC)|Time to charge|Charge time 240V", "charging time|charge time|time to charge", [("h", 1, 16, 1), ("hours", 1, 16, 1), ("min", 15, 90, 0)], "how long does {v} take to charge|how quickly does {v} charge", "A full charge takes {x}."),
    number("fast charging power", "Fast charging|DC fast charging|Max. DC charging|Peak charging power|Max charging power", "fast charging power|dc charging power|peak charging power|maximum charging power|dc fast charging rate", [("kW", 40, 400, 0)], "how fast can {v} charge", "It charges at up to {x}."),
    number("CO2 emissions", "CO2 emissions|CO2|Carbon dioxide emissions|Emissions (CO2)", "co2 emissions|CO2|carbon dioxide emissions|emissions", [("g/km", 0, 420, 0), ("g/mi", 0, 680, 0)], "how much CO2 does {v} emit", "It emits {x} of CO2."),
    text("emission class", "Emission class|Emissions standard|Emission standard", "emission class|emissions standard|emission standard", "Euro 6d|Euro 5|Euro 6|ULEV|SULEV30|Tier 3 Bin 30|LEV III|ZEV|Euro 4|BS6|PZEV"),
    number("driving range", "Driving range|Total range|Cruising range|Range on one tank", "driving range|total range|cruising range|range on one tank", [("mi", 210, 900, 0), ("miles", 210, 900, 0), ("km", 340, 1450, 0)], "how far does {v} get on one tank"),
    text("assembly country", "Assembly|Country of assembly|Built in|Country of origin|Made in", "country of assembly|assembly country|country of origin|place of assembly", "Japan|Germany|United States|South Korea|Mexico|Italy|United Kingdom|Canada|China|France|Sweden|Spain|India|Czech Republic|Slovakia|Austria", "where is {v} built|where is {v} made"),
    number("safety rating", "Safety rating|NHTSA rating|Crash test rating|Overall safety rating", "safety rating|crash test rating|nhtsa rating|overall safety rating", [("stars", 1, 5, 0)], "how safe is {v}", "It earned {x} in crash tests."),
    text("warranty", "Warranty|Basic warranty|Powertrain warranty|Warranty period", "warranty|basic warranty|warranty period|powertrain warranty", "3 years / 36,000 miles|5 years / 60,000 miles|10 years / 100,000 miles|4 years / 50,000 miles|7 years|5 years / 100,000 km|2 years|8 years / 160,000 km", "how long is the warranty of {v}", "The warranty is {x}."),
    number("number of airbags", "Airbags|Number of airbags|Airbag count", "number of airbags|airbags|airbag count", [("", 2, 13, 0)], "how many airbags does {v} have", "It carries {x} airbags."),
    text("infotainment screen", "Touchscreen|Infotainment screen|Display|Center display", "infotainment screen|touchscreen|display|center display", "8-inch touchscreen|10.25-inch touchscreen|12.3-inch display|7-inch touchscreen|15.5-inch portrait|9-inch touchscreen|14-inch OLED|11.6-inch touchscreen", "how big is the screen in {v}"),
    text("audio system", "Audio system|Stereo|Sound system|Speakers", "audio system|sound system|stereo|speakers", "6-speaker stereo|9-speaker JBL|Bose 12-speaker|Harman Kardon|Burmester 3D|10-speaker premium|4-speaker stereo|Bang & Olufsen|Meridian 14-speaker"),
    text("upholstery", "Upholstery|Seat material|Interior material|Seat trim", "upholstery|seat material|interior material|seat trim", "cloth|leather|leatherette|Alcantara|SofTex|nappa leather|vinyl|suede|woven fabric|perforated leather", "what are the seats of {v} made of"),
    number("wading depth", "Wading depth|Water fording|Max. wading depth", "wading depth|water fording depth|fording depth", LENGTHS(12, 36), "how deep can {v} wade"),
    number("approach angle", "Approach angle|Angle of approach", "approach angle|angle of approach", [("degrees", 10, 48, 1), ("°", 10, 48, 1)]),
    number("departure angle", "Departure angle|Angle of departure", "departure angle|angle of departure", [("degrees", 10, 44, 1), ("°", 10, 44, 1)]),
    number("oil capacity", "Oil capacity|Engine oil capacity|Engine oil", "oil capacity|engine oil capacity|amount of engine oil", [("qt", 3, 16, 1), ("L", 2, 15, 1), ("liters", 2, 15, 1)], "how much oil does {v} take"),
    number("tire pressure", "Tire pressure|Recommended tire pressure|Tyre pressure", "tire pressure|recommended tire pressure|tyre pressure", [("psi", 26, 80, 0), ("bar", 1, 6, 1), ("kPa", 180, 550, 0)]),
    number("final drive ratio", "Final drive ratio|Axle ratio|Final drive", "final drive ratio|axle ratio|final drive", [("", 2, 5, 2)]),
    number("quarter-mile time", "Quarter mile|1/4 mile|Quarter-mile time", "quarter-mile time|quarter mile|1/4 mile time", [("s", 8, 20, 1), ("seconds", 8, 20, 1)], "how long does {v} take for the quarter mile"),
    number("braking distance", "Braking distance|Braking 60-0 mph|Stopping distance", "braking distance|stopping distance|60-0 braking distance", [("ft", 90, 190, 0), ("m", 28, 58, 1)], "how soon does {v} stop"),
    number("power-to-weight ratio", "Power-to-weight ratio|Power to weight|Specific power", "power-to-weight ratio|power to weight|specific power", [("hp/ton", 50, 700, 0), ("lb/hp", 3, 30, 1), ("kW/kg", 0, 0.5, 2)]),
    number("annual fuel cost", "Annual fuel cost|Fuel cost per year|Yearly fuel cost", "annual fuel cost|fuel cost per year|yearly fuel cost", [("USD", 450, 5200, 0), ("$", 450, 5200, 0), ("EUR", 450, 5200, 0)], "how much does fuel for {v} cost a year"),
    number("popularity", "Popularity|Popularity score|Popularity index", "popularity|popularity score|popularity index", [("", 2, 6000, 0)], "how popular is {v}"),
    number("bed length", "Bed Length|Cargo bed length|Bed size|Load bed length", "bed length|cargo bed length|length of the bed|bed size", LENGTHS(50, 99) + [("ft", 4, 9, 1)], "how long is the bed of {v}"),
    number("front trunk volume", "Front Trunk Volume|Frunk|Front trunk|Frunk volume", "front trunk volume|frunk volume|front trunk|frunk", [("cu ft", 1, 15, 1), ("L", 20, 400, 0)], "how big is the frunk of {v}"),
    text("stock number", "Stock number|Stock No.|Stock #", "stock number|stock no.", "A1042|T-20931|88215|KX552|P7710B|N-3306|60417C", ""),
]

# The columns of the sample data, exactly; a good part of the rows looks like this.
SAMPLE_COLUMNS = [
    ("category", "Category", ""), ("engine type", "Engine Type", ""), ("engine", "Engine", ""),
    ("horsepower", "Horsepower (hp)", "hp"), ("torque", "Torque (lb-ft)", "lb-ft"),
    ("transmission", "Transmission", ""), ("drivetrain", "Drivetrain", ""), ("fuel type", "Fuel Type", ""),
    ("city fuel economy", "City MPG", "mpg"), ("highway fuel economy", "Highway MPG", "mpg"),
    ("combined fuel economy", "Combined MPG", "mpg"), ("electric range", "Electric Range (mi)", "mi"),
    ("battery capacity", "Battery (kWh)", "kWh"), ("0-60 mph time", "0-60 mph (s)", "s"),
    ("top speed", "Top Speed (mph)", "mph"), ("curb weight", "Curb Weight (lb)", "lb"),
    ("length", "Length (in)", "in"), ("width", "Width (in)", "in"), ("height", "Height (in)", "in"),
    ("wheelbase", "Wheelbase (in)", "in"), ("number of seats", "Seats", ""),
    ("cargo volume", "Cargo Volume (cu ft)", "cu ft"), ("towing capacity", "Towing Capacity (lb)", "lb"),
    ("fuel tank capacity", "Fuel Tank (gal)", "gal"), ("base price", "Base Price (USD)", "USD"),
]

BY_NAME = {a.name: a for a in ATTRIBUTES}

_ADJECTIVES = """adaptive rear front maximum nominal dealer service internal auxiliary combined static dynamic
secondary primary certified rated average seasonal hybrid total lateral inner outer upper lower digital
regional factory optional standard annual monthly peak minimum measured declared thermal""".split()
_NOUNS = """index code rating score factor grade level limit interval offset ratio count class group option
package number zone module sensor angle load volume flow delay output margin threshold reserve gauge
rack hook panel mount tray bracket filter valve pump relay fuse cable socket mirror visor lamp pedal""".split()
_SYLLABLES = """ba be bo da de do fa fe fi ga ge go ka ke ki la le li lo ma me mi mo na ne no pa pe po ra re ri
ro sa se si so ta te ti to va ve vi vo za ze zi zo qua tri plex tron dyn lux vor zan mir kel dor fin gar hel
jun lam nor oss pry quin rus syl tur ulm ven wex yor zyl brax clem drav""".split()
_UNITS = ["", "", "", "mm", "kg", "lb", "s", "%", "units", "points", "dB", "W", "V", "Ah", "°C", "N", "kN", "bar", "h", "km", "mi", "in", "L", "Hz", "GB", "pcs"]


def invented(rng, held):
    """An attribute that no list holds: found by its exact name or not at all."""
    while True:
        kind = rng.random()
        coin = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((2, 2, 3))))
        if kind < 0.35:
            name = f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"
        elif kind < 0.55:
            name = f"{coin} {rng.choice(_NOUNS)}"
        elif kind < 0.7:
            name = coin
        elif kind < 0.85:
            name = f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} {rng.choice(_NOUNS)}"
        else:
            name = f"{rng.choice(_NOUNS)} {rng.choice(_NOUNS)}"
        if held_out(name) == held:
            break
    style = rng.random()
    if style < 0.45:
        name = name.title()
    elif style < 0.75:
        name = name.capitalize()
    if rng.random() < 0.5:
        low = rng.choice((1, 10, 100, 1000))
        return Attribute(name, (name,), (name,), ((rng.choice(_UNITS), low, low * 12, rng.choice((0, 0, 1)),),), listed=False)
    return Attribute(name, (name,), (name,), (), (code(rng),), listed=False)


def phrase(rng, attribute):
    """A text value: from the stock, put together anew, or one that fits nothing known.

    What is only ever drawn from a stock would be learned by heart, not copied.
    """
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(attribute.values)
    litres = f"{rng.randint(1, 7)}.{rng.randint(0, 9)}"
    speeds = rng.randint(3, 10)
    word = lambda: "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3))).capitalize()
    if kind < 0.85 and attribute.name == "engine":
        layout = rng.choice(("inline-4", "inline-6", "inline-3", "V6", "V8", "V10", "V12", "flat-4", "flat-6", "I4", "I6", "diesel V6", "diesel inline-4", "hybrid inline-4"))
        boost = rng.choice(("", "", "turbocharged ", "twin-turbocharged ", "supercharged ", "turbo "))
        extra = rng.choice(("", "", "", ", with electric motor", " with two electric motors", f" {word()}", " plug-in hybrid"))
        return rng.choice((f"{litres}L {boost}{layout}{extra}", f"{litres} {word()}", f"{litres}-liter {boost}{layout}", f"{rng.choice(('Single', 'Dual', 'Two', 'Three', 'Four', 'Tri'))} {rng.choice(('', 'permanent-magnet ', 'induction ', 'AC '))}electric motors", f"{litres}L {layout}"))
    if kind < 0.85 and attribute.name == "transmission":
        sort = rng.choice(("automatic", "manual", "dual-clutch automatic", "DCT", "CVT", "automated manual", "sequential", "dual-clutch", "tiptronic"))
        return rng.choice((f"{speeds}-speed {sort}", f"{speeds}-speed {word()} {sort}", f"{word()} CVT", "Single-speed direct drive", "Continuously variable", f"{sort} with {speeds} gears"))
    if kind < 0.85 and attribute.name == "fuel type":
        return rng.choice(("Premium gasoline", "Regular gasoline", "Electricity", "Gasoline and electricity", "Gasoline or E85", "Diesel", f"{rng.randint(87, 98)} octane", "Regular gasoline, electricity"))
    if kind < 0.85 and attribute.name == "tire size":
        return f"{rng.randrange(155, 345, 10)}/{rng.randrange(25, 85, 5)}R{rng.randint(13, 23)}"
    if kind < 0.85 and attribute.name == "wheel size":
        return rng.choice((f"{rng.randint(14, 24)}-inch {rng.choice(('alloy', 'steel', 'forged', 'aluminum'))}", f"{rng.randint(14, 23)}x{rng.randint(5, 12)}.{rng.choice('05')} in"))
    if kind < 0.85 and attribute.name == "warranty":
        return rng.choice((f"{rng.randint(2, 12)} years / {rng.randint(2, 16)}0,000 {rng.choice(('miles', 'km'))}", f"{rng.randint(2, 12)} years"))
    if kind < 0.85:
        first = rng.choice(attribute.values)
        return rng.choice((f"{rng.choice(_ADJECTIVES).capitalize()} {first}", f"{first} ({rng.choice(_ADJECTIVES)})", f"{first}, {rng.choice(attribute.values)}", f"{first} {word()}"))
    return rng.choice((word(), f"{word()} {rng.choice(_NOUNS)}", code(rng), f"{word()} {word()}", f"{word()}-{rng.randint(1, 99)}"))


def code(rng):
    """A short value such as QX-4471, Type 4 or a coined word."""
    kind = rng.random()
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 3)))
    if kind < 0.5:
        return f"{letters}{rng.choice(('', '-', ' '))}{rng.randint(1, 9999)}"
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3)))
    if kind < 0.75:
        return word.capitalize()
    return rng.choice((f"{word} {rng.randint(1, 99)}", f"Type {letters}", f"Grade {rng.randint(1, 9)}", f"{word} {rng.choice(_NOUNS)}", "yes", "no", "optional", "standard"))


def held_out(key, share=10):
    """Whether `key` (a name, a phrasing) is kept for evaluation only."""
    return zlib.crc32(key.encode()) % share == 0


def draw_number(rng, unit, low, high, decimals, held):
    """A number as text, without separators. A tenth of each range is never trained on."""
    cut = 0.55 + 0.1 * (zlib.crc32(unit.encode()) % 3)
    wide = (high - low) * 10 ** decimals >= 60
    for _ in range(100):
        if wide:
            part = rng.random() ** 1.3
            if held and rng.random() < 0.5:
                part = cut + 0.1 * rng.random()
            if not held and cut <= part < cut + 0.1:
                continue
        else:
            part = rng.random()
        value = low + part * (high - low)
        if decimals == 0 and value >= 1000 and rng.random() < 0.3:
            value = round(value / 5) * 5
        out = f"{value:.{decimals}f}"
        if float(out) > 0:
            return out
    return f"{high:.{decimals}f}"
