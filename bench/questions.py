#!/usr/bin/env python3
"""How fast documents are read, and how fast questions over them are answered from the typed facts.

    python3 bench/questions.py [VEHICLESxCOLUMNS...]        3000x100 15000x300

Makes one CSV file of that many vehicles and columns (names, units and kinds of the registry's attributes,
values within their plausible ranges, the same at each run), reads it with `autospec ingest` into a new
store, and asks a server 200 questions of ten kinds over one connection, one after another; the time of each
is the client's, from the request sent to the whole answer read; beside it stands the server's CPU time, which
other work on the machine does not lengthen as much. The first question, which reads the
catalog, stands apart. The program is $AUTOSPEC (build/autospec). Prints Markdown; `make bench-questions`."""
import csv
import glob
import json
import os
import random
import re
import resource
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
from serving import Server  # noqa: E402

PROGRAM = os.environ.setdefault("AUTOSPEC", os.path.join(ROOT, "build", "autospec"))
KINDS, EACH = 10, 20

# The columns that the questions are about: name, least, most, decimals.
ASKED = [("Horsepower (hp)", 60, 900, 0), ("Torque (Nm)", 90, 1200, 0), ("Curb Weight (kg)", 800, 3200, 0),
         ("Top Speed (km/h)", 140, 340, 0), ("0-100 km/h (s)", 2.8, 16, 1), ("Length (mm)", 3400, 5800, 0),
         ("Wheelbase (mm)", 2300, 3600, 0), ("Combined (L/100 km)", 3.9, 18, 1), ("CO2 (g/km)", 90, 400, 0),
         ("Base Price (USD)", 14000, 220000, 0), ("Seats", 2, 9, 0), ("Towing Capacity (kg)", 500, 4500, 0),
         ("Cargo Volume (L)", 180, 2400, 0)]
WORDS = {"Fuel": ["Gasoline", "Diesel", "Hybrid", "Electric"], "Body Style": ["Sedan", "SUV", "Hatchback", "Wagon", "Pickup", "Coupe"],
         "Drivetrain": ["FWD", "RWD", "AWD"], "Transmission": ["6-speed manual", "8-speed automatic", "CVT", "7-speed dual-clutch"]}
MAKES = """Toyota Honda Ford Chevrolet Nissan Hyundai Kia Mazda Subaru Volkswagen BMW Audi Mercedes-Benz Volvo Porsche
    Lexus Acura Infiniti Jeep Dodge Chrysler Buick Cadillac GMC Lincoln Tesla Rivian Peugeot Renault Citroën Fiat
    Skoda Seat Opel Dacia Suzuki Mitsubishi Jaguar Mini Genesis""".split()
TRIMS = ["Base", "Sport", "Touring", "Limited", "Premium", "Launch"]


def registry():
    """Names, kinds, units and ranges of the attributes, without those that name the vehicle itself."""
    out = []
    for path in sorted(glob.glob(os.path.join(ROOT, "registry", "attributes_*.txt"))):
        with open(path, encoding="utf-8") as f:
            for block in re.split(r"^\[", f.read(), flags=re.M)[1:]:
                field = dict(re.findall(r"^(\w+): (.*)$", block, flags=re.M))
                if "role" not in field:
                    out.append((field["name"].split(" | ")[0], field.get("type", "number"), field.get("unit"),
                                [float(v) for v in field.get("plausible", "1 500").split()]))
    return out


def make_csv(path, n, n_columns):
    """Returns the vehicles: (year, make, model, trim, row as a dictionary)."""
    r = random.Random(2027)
    columns = ["Make", "Model", "Year", "Trim", *WORDS, *(a[0] for a in ASKED)]
    taken = {c.split(" (")[0].lower() for c in columns} | {"power", "acceleration", "price", "fuel consumption", "body type"}
    more = [a for a in registry() if a[0].lower() not in taken]
    more = (more + [(f"{side} {name}", *rest) for side in ("front", "rear") for name, *rest in more])[:n_columns - len(columns)]
    header = columns + [f"{name[0].upper()}{name[1:]} ({unit})" if unit else name[0].upper() + name[1:] for name, _, unit, _ in more]
    models = {}
    for make in MAKES:
        models[make] = []
        while len(models[make]) < max(4, -(-n // (len(MAKES) * 10 * len(TRIMS)))):
            models[make].append("".join(r.choice(["Val", "Tor", "Ser", "Mar", "Kel", "Bran", "Dor", "Ny"]) if i == 0 else
                                        r.choice(["anza", "ion", "ett", "uro", "ix", "ova", "eon", "ara"]) for i in range(2))
                                + r.choice(["", " GT", " Cross", f" {r.randint(2, 9)}00"]))
            models[make] = sorted(set(models[make]))
    names = [(y, make, model, trim) for y in range(2015, 2025) for make in MAKES for model in models[make] for trim in TRIMS]
    names = sorted(r.sample(names, n), key=lambda v: (v[1], v[2], v[0], v[3]))
    out = []
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(header)
        for year, make, model, trim in names:
            row = [make, model, year, trim, *(r.choice(w) for w in WORDS.values())]
            row += [f"{r.uniform(a, b):.{d}f}" for _, a, b, d in ASKED]
            for _, kind, _, span in more:
                low, high = span[0], min(span[-1], span[0] * 50 + 20)
                row.append(f"{r.uniform(low, high):.{0 if high > 100 else 1}f}" if kind == "number" else
                           r.choice(["yes", "no"]) if kind == "yes_no" else r.choice(["standard", "optional", "type A", "type B", "none"]))
            out.append((year, make, model, trim, dict(zip(header, row))))
            writer.writerow(row)
    return out, len(header)


def questions(vehicles):
    """[(kind, turns before, question)]"""
    r = random.Random(7)
    out = []
    asked = ["horsepower", "torque", "curb weight", "top speed", "length", "wheelbase", "base price", "towing capacity"]

    def name(v):
        return f"{v[0]} {v[1]} {v[2]} {v[3]}"

    for _ in range(EACH):
        a, b, c = r.sample(vehicles, 3)
        make, what, other = a[1], r.choice(asked), r.choice(asked)
        body, fuel = r.choice(WORDS["Body Style"]), r.choice(WORDS["Fuel"]).lower()
        out += [("a value", [], f"What is the {what} of the {name(a)}?"),
                ("in another unit", [], f"{name(a)} power in kW"),
                ("two compared", [], f"Which has more horsepower, the {name(a)} or the {name(b)}, and by how much?"),
                ("three compared", [], f"Compare the {what} of the {name(a)}, the {name(b)} and the {name(c)}"),
                ("the most of a make", [], f"Which {make} has the highest {what}?"),
                ("the most of all", [], f"Which {fuel} {body} has the highest {what}?"),
                ("a list, two conditions", [], f"Which {body}s have more than {r.randint(300, 800)} hp and weigh less than {r.randint(900, 2500)} kg?"),
                ("a count", [], f"How many {make}s have more than {r.randint(100, 800)} hp?"),
                ("an average", [], r.choice([f"average {what} of the {make}s", f"average {what} by make", f"average {what} of {fuel} {body}s"])),
                ("a follow-up", [f"What is the {what} of the {name(a)}?"], f"and the {other}?")]
    return out


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p * len(values)))]


def line(name, taken, found):
    cells = [f"{percentile(ms, .5):.1f}, {percentile(ms, .95):.1f}, {max(ms):.1f} ms" for ms in zip(*taken)]
    print(f"| {name} | {len(taken)} | {found} | {' | '.join(cells)} |")


def measure(n, n_columns, folder):
    path, store = os.path.join(folder, "vehicles.csv"), os.path.join(folder, "store.db")
    vehicles, n_columns = make_csv(path, n, n_columns)
    cells = n * n_columns
    print(f"\n{n:,} vehicles of {n_columns} columns: {cells:,} cells, {os.path.getsize(path) / 1e6:.1f} MB; "
          f"load average before {os.getloadavg()[0]:.1f}\n")
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    env = {**os.environ, "AUTOSPEC_STORE": store}
    pid = os.posix_spawn(PROGRAM, [PROGRAM, "ingest", "--quiet", path], env,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
    if os.waitpid(pid, 0)[1]:
        sys.exit("ingest failed")
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"read in {wall:.1f} s ({cpu:.1f} s of CPU time): {cells / wall / 1000:.0f} k cells a second, {cells / cpu / 1000:.0f} k a "
          f"second of CPU time; store {os.path.getsize(store) / 1e6:.1f} MB\n")
    with Server(store=store) as server:
        connection = server.connect()

        def ask(turns, question):
            """([milliseconds, of the server's CPU time], the reply)"""
            cpu, start = cpu_of(server.process.pid), time.monotonic()
            status, _, body = server.ask(question, connection=connection, conversation=turns)
            ms = 1000 * (time.monotonic() - start), 1000 * (cpu_of(server.process.pid) - cpu)
            return ms, json.loads(body) if status == 200 else {"status": str(status), "answer": body.decode()}

        first, _ = ask([], f"What is the torque of the {vehicles[0][0]} {vehicles[0][1]} {vehicles[0][2]}?")
        taken, found, others = {}, {}, []
        for kind, turns, question in questions(vehicles):
            ms, reply = ask(turns, question)
            taken.setdefault(kind, []).append(ms)
            found[kind] = found.get(kind, 0) + (reply["status"] in ("found", "several"))
            if reply["status"] not in ("found", "several"):
                others.append((reply["status"], question, reply["answer"]))
        connection.close()
        server.stop()
    print("| question | asked | answered | median, p95, longest | the same of the server's CPU time |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind, ms in taken.items():
        line(kind, ms, found[kind])
    line("all", [ms for v in taken.values() for ms in v], sum(found.values()))
    print(f"\nthe first question {first[0]:.0f} ms, {first[1]:.0f} of CPU time; load average after {os.getloadavg()[0]:.1f}")
    for status, question, answer in others[:int(os.environ.get("SHOW", "0"))]:
        print(f"  {status}: {question}\n    {answer[:200]}")


def cpu_of(pid):
    """Seconds that the threads of a process have run, to the microsecond."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as f:
                total += int(f.read().split()[0])
        except OSError:  # ended meanwhile
            pass
    return total / 1e9


def main():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    print(f"{model[1] if model else 'unknown processor'}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d %H:%M')}")
    for size in sys.argv[1:] or ["3000x100", "15000x300"]:
        n, n_columns = map(int, size.split("x"))
        with tempfile.TemporaryDirectory() as folder:
            measure(n, n_columns, folder)


main()
