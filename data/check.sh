#!/bin/sh
# Validates data/vehicles.csv: shape, numbers, allowed values, duplicates,
# and agreement of related columns.  Usage: sh data/check.sh [FILE.csv]
dir=$(dirname "$0")
file=${1:-$dir/vehicles.csv}
[ -r "$file" ] || { echo "cannot read $file" >&2; exit 1; }

LC_ALL=C awk -v dir="$dir" '
function check(ok, what) {
    if (ok) { passed++; return }
    failed++
    printf "FAIL line %d (%s %s %s): %s\n", NR, f[3], f[1], f[2], what
}
# Splits one CSV record into f[1..n]; returns n, or -1 for broken quoting.
function split_csv(s,    n, i, len, c, q, cur) {
    n = 1; cur = ""; q = 0; len = length(s)
    for (i = 1; i <= len; i++) {
        c = substr(s, i, 1)
        if (q) {
            if (c != "\"") cur = cur c
            else if (substr(s, i + 1, 1) == "\"") { cur = cur "\""; i++ }
            else q = 0
        }
        else if (c == "\"") { if (cur != "") return -1; q = 1 }
        else if (c == ",") { f[n++] = cur; cur = "" }
        else cur = cur c
    }
    f[n] = cur
    return q ? -1 : n
}
function range(name, low, high) { lo[name] = low; hi[name] = high }
function val(name) { return f[col[name]] }
BEGIN {
    header = "Manufacturer,Model,Year,Trim,Category,Engine Type,Engine," \
        "Horsepower (hp),Torque (lb-ft),Transmission,Drivetrain,Fuel Type," \
        "City MPG,Highway MPG,Combined MPG,Electric Range (mi),Battery (kWh)," \
        "0-60 mph (s),Top Speed (mph),Curb Weight (lb),Length (in)," \
        "Width (in),Height (in),Wheelbase (in),Seats,Cargo Volume (cu ft)," \
        "Towing Capacity (lb),Fuel Tank (gal),Base Price (USD)"
    ncol = split(header, title, ",")
    for (i = 1; i <= ncol; i++) col[title[i]] = i
    range("Year", 2015, 2024)
    range("Horsepower (hp)", 60, 1100)
    range("Torque (lb-ft)", 60, 1200)
    range("City MPG", 9, 160)
    range("Highway MPG", 12, 150)
    range("Combined MPG", 10, 150)
    range("Electric Range (mi)", 15, 530)
    range("Battery (kWh)", 8, 220)
    range("0-60 mph (s)", 1.9, 15)
    range("Top Speed (mph)", 80, 260)
    range("Curb Weight (lb)", 1900, 9500)
    range("Length (in)", 105, 270)
    range("Width (in)", 60, 96)
    range("Height (in)", 43, 115)
    range("Wheelbase (in)", 70, 180)
    range("Seats", 2, 9)
    range("Cargo Volume (cu ft)", 2, 550)
    range("Towing Capacity (lb)", 900, 25000)
    range("Fuel Tank (gal)", 5, 50)
    range("Base Price (USD)", 12000, 250000)
    split("Sedan SUV Pickup Hatchback Coupe Convertible Minivan Wagon Van", a, " ")
    for (i in a) category[a[i]] = 1
    split("Gasoline|Diesel|Hybrid|Plug-in Hybrid|Electric", a, "|")
    for (i in a) engine[a[i]] = 1
    split("FWD RWD AWD 4WD", a, " ")
    for (i in a) drive[a[i]] = 1
}
{ sub(/\r$/, "") }
NR == 1 { check($0 == header, "header differs from the documented one"); next }
{
    n = split_csv($0)
    check(n == ncol, "has " n " fields, wanted " ncol)
    if (n != ncol) next
    rows++
    key = tolower(f[1] "|" f[2] "|" f[3] "|" f[4])
    check(!(key in seen), "duplicate of line " seen[key])
    seen[key] = NR
    check(f[1] != "" && f[2] != "" && f[3] != "", "no manufacturer, model or year")
    filled = 0; spaces = 0
    for (i = 1; i <= ncol; i++) {
        if (i > 3 && f[i] != "") filled++
        if (f[i] ~ /^ | $|  /) spaces++
    }
    check(filled >= 12, "only " filled " attributes filled")
    check(spaces == 0, "stray spaces in a field")
    check(val("Category") in category, "category " val("Category"))
    check(val("Engine Type") in engine, "engine type " val("Engine Type"))
    check(val("Drivetrain") in drive, "drivetrain " val("Drivetrain"))
    for (name in lo) {
        v = val(name)
        if (v == "") continue
        check(v ~ /^[0-9]+(\.[0-9]+)?$/ && v + 0 >= lo[name] && v + 0 <= hi[name], \
              name " is " v ", wanted a plain number in " lo[name] ".." hi[name])
    }
    c = val("City MPG"); h = val("Highway MPG"); m = val("Combined MPG")
    if (c != "" && h != "" && m != "") {
        low = (c + 0 < h + 0) ? c + 0 : h + 0
        high = (c + 0 < h + 0) ? h + 0 : c + 0
        check(m + 0 >= low && m + 0 <= high, \
              "combined " m " mpg not between city " c " and highway " h)
        # EPA: 55 % city, 45 % highway, harmonic; 1 mpg spare for rounding
        e = 1 / (0.55 / c + 0.45 / h)
        check(m - e < 1.01 && e - m < 1.01, "combined " m " mpg, 55/45 mean is " e)
    }
    t = val("Engine Type")
    plug = (t == "Electric" || t == "Plug-in Hybrid")
    check(plug || (val("Electric Range (mi)") == "" && val("Battery (kWh)") == ""), \
          "electric range or battery given for " t)
    check(!plug || val("Electric Range (mi)") != "", "plug-in without electric range")
    check((t == "Electric") == (val("Fuel Type") == "Electricity"), \
          "fuel " val("Fuel Type") " for " t)
    check(t != "Electric" || val("Fuel Tank (gal)") == "", "fuel tank in an electric vehicle")
    if (val("Length (in)") != "" && val("Wheelbase (in)") != "")
        check(val("Wheelbase (in)") / val("Length (in)") < 0.73 && \
              val("Wheelbase (in)") / val("Length (in)") > 0.5, "wheelbase against length")
    sheet = dir "/" f[1] "-" f[2] "-" f[3] ".md"
    gsub(/ /, "-", sheet)
    sheet = tolower(sheet)
    check((getline line < sheet) < 0, "also has its own sheet " sheet)
    if (f[1] == "Toyota" && f[2] == "Camry" && f[3] == "2023") {
        camry++
        check(val("Horsepower (hp)") == "203", "must have 203 hp")
        check(val("Towing Capacity (lb)") == "", "towing capacity must stay empty")
    }
}
END {
    f[1] = "whole"; f[2] = "file"; f[3] = "the"
    check(rows >= 150, rows + 0 " rows, wanted at least 150")
    check(camry == 1, "2023 Toyota Camry occurs " camry + 0 " times, wanted once")
    printf "%d checks passed, %d failed\n", passed, failed
    exit failed > 0
}' "$file"
