#!/usr/bin/env bash
# Documents with pages, the whole way: a sheet of each kind is made, read, and asked about; the answer
# is right and says where it stands.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

HELPER=${AUTOSPEC_PDF:-$(dirname "$AUTOSPEC")/autospec-pdf}
if [ ! -x "$HELPER" ]; then
    skip "PDF files: this build has no autospec-pdf"
    finish
fi
python3 tests/e2e/pdf_sheets.py "$SCRATCH" || exit 1

# reads KIND: the sheet goes into the store.
reads() {
    run ingest "$SCRATCH/$1.pdf"
    exits "a $1 sheet is read" 0
}

# answers KIND QUESTION VALUE PLACE: with that value, from that place of the sheet.
answers() {
    run ask "$2"
    says "$1: $2" "$OUT" "$3"
    says "$1: the place is said" "$OUT" "$1\.pdf, $4"
}

reads ruled
answers ruled "What is the towing capacity of the 2021 Borrego Canyon Summit?" "3500 lb" "page 1, table 1, row 'Towing capacity \(lb\)', column 'Summit'"
answers ruled "How heavy is the 2021 Borrego Canyon Sport?" "3370 lb" "page 1, table 1, row 'Curb weight \(lb\)', column 'Sport'"

reads leaders
answers leaders "How long is the 2020 Halden Fjord?" "4450 mm" "page 1"

reads unruled
answers unruled "What is the torque of the 2019 Halden Skerry Diesel?" "320 Nm" "page 1, table 1, row 'Torque \(Nm\)', column 'Diesel'"

reads two_columns
answers two_columns "What is the wheelbase of the 2018 Orlin Wagon?" "2750 mm" "page 1, table 1, row 'Wheelbase'"
run tables "$SCRATCH/two_columns.pdf"
says "columns of text are no table" "$OUT" "page 1, table 1: 3 rows, 2 columns"
run ingest --explain "$SCRATCH/two_columns.pdf"
says "each column of text is read from top to foot" "$OUT" "1 table, 2 paragraphs"

reads rotated
answers rotated "What is the wading depth of the 2022 Corvane Trail?" "500 mm" "page 1, table 1, row 'Wading depth'"

reads sideways
answers sideways "What is the power of the 2023 Corvane Ridge?" "205 hp" "page 1, table 1, row 'Power'"

reads continued
run ingest --explain "$SCRATCH/continued.pdf"
says "a table that goes on over pages is one, its header said once or twice" "$OUT" "61 rows, 3 columns; a row is a vehicle; 60 records"
answers continued "What is the power of the 2017 Tarn 55?" "155 hp" "page 3, table 1 \(pages 1 to 3\), row 'Tarn 55', column 'Power \(hp\)'"

reads spans
answers spans "How wide is the 2016 Velox Courier LWB?" "1848 mm" "page 1, table 1, row 'Width \(mm\)', column 'LWB'"

reads stripes
answers stripes "What is the turning circle of the 2015 Velox Porter LWB?" "11\.6 m" "page 1, table 1, row 'Turning circle \(m\)', column 'LWB'"

# What a manual is about stands on its first page; its steps are quoted, its tables looked up by their words.
reads manual
answers manual "What is the wear limit of the slipring diameter of the Halden D38?" "17\.2 mm" "page 14, table 1, row 'Slipring diameter', column 'Wear limit \(mm\)'"
answers manual "What are the cover screws of the Halden D38 tightened to?" "24 Nm" "page 14"
run ask "What are the sump screws of the Halden D38 tightened to?"
check "a part that no step names has no torque" test "$(grep -c '24 Nm' "$OUT")" -eq 0
run ask "What is the wear limit of the slipring diameter of the Halden D39?"
check "another engine's figure is not given" test "$(grep -c '17.2' "$OUT")" -eq 0

run tables --json "$SCRATCH/spans.pdf"
exits "tables are printed as JSON" 0
check "a cell says what it spans and where it stands" python3 - "$OUT" <<'PY'
import json, sys
table, = json.load(open(sys.argv[1]))
cells = {(c["row"], c["column"]): c for c in table["cells"]}
assert (table["page"], table["rows"], table["columns"], table["ruled"]) == (1, 5, 3, True), table
assert cells[1, 1]["columns"] == 3 and cells[4, 2]["columns"] == 2, cells
x0, y0, x1, y1 = cells[5, 3]["box"]
assert cells[5, 3]["text"] == "1,000" and 282 < x0 < x1 < 362 and 164 < y0 < y1 < 180, cells[5, 3]
PY

python3 tests/pdf_files.py "$SCRATCH" few
export AUTOSPEC_STORE=$SCRATCH/locked.db
run ingest "$SCRATCH/locked-user.pdf"
one_error "a locked PDF asks for its password" 1 "locked-user.pdf: the PDF is locked with a password; give it with --password"
run ingest --password guess "$SCRATCH/locked-user.pdf"
one_error "a wrong password is told" 1 "locked-user.pdf: the password does not open the PDF"
run ingest --password "$(head -c 2000 /dev/zero | tr '\0' x)" "$SCRATCH/locked-user.pdf"
one_error "one that is too long as well" 1 "locked-user.pdf: the password does not open the PDF"
run ingest --list
says "nothing of it is stored" "$OUT" "no documents"
run tables --password secret "$SCRATCH/locked-user.pdf"
exits "tables takes the password too" 0
run ingest --explain --password secret "$SCRATCH/locked-user.pdf"
says "and --explain" "$OUT" "1 paragraph|3500 kg"
run ingest --password secret "$SCRATCH/locked-user.pdf"
exits "the right one opens it" 0
run ingest --list
says "it is stored then" "$OUT" "pdf .*locked-user\.pdf"
check "the password is not in the store" sh -c "! grep -q secret '$AUTOSPEC_STORE'"
export AUTOSPEC_STORE=$SCRATCH/owner.db
run ingest "$SCRATCH/locked-owner.pdf"
exits "a PDF that is locked against changes alone is read without one" 0
export AUTOSPEC_STORE=$SCRATCH/boss.db
run ingest --password boss "$SCRATCH/locked-user.pdf"
exits "the owner's password opens it too" 0
export AUTOSPEC_STORE=$SCRATCH/store.db

case $AUTOSPEC in
*asan* | *tsan*) ;; # they have their own ideas of time and memory
*)
    python3 - <<'PY' >"$OUT" 2>"$ERR"
import sys, tempfile
sys.path.insert(0, "bench")
from pages import Manual, measure
with tempfile.TemporaryDirectory() as folder:
    path = folder + "/manual.pdf"
    Manual(350).write(path)
    seconds, peaks, said = measure(path, folder)
(program, _), (helper, _) = peaks.values()
print(f"350 pages: {seconds:.1f} s, the program {program >> 20} MB, its helper {helper >> 20} MB", file=sys.stderr)
assert seconds < 60 and 0 < program + helper < 400e6, (seconds, peaks)
assert program < 60e6, peaks  # the file is not in it, nor a copy: that alone is 49 MB
PY
    STATUS=$?
    sed 's/^/  /' "$ERR"
    exits "a manual of 350 pages is read in under 60 s and 400 MB" 0
    ;;
esac

cat >"$SCRATCH/hostile.csv" <<'CSV'
"Model <script>alert(1)</script>","Power (hp)","""><img src=x onerror=alert(1)>"
"Fjord & <b>Co</b>",180,'x'
CSV
run ingest --explain --html "$SCRATCH/hostile.csv"
cp "$OUT" "$SCRATCH/hostile.html"
exits "--explain --html takes any kind" 0
run ingest --explain --html "$SCRATCH/continued.pdf"
exits "and documents with pages" 0
check "the report is one whole file, shows each page with its cells, and runs nothing" \
    python3 tests/e2e/report.py "$OUT" "$SCRATCH/hostile.html"
run ingest --html "$SCRATCH/continued.pdf"
exits "--html alone is a usage error" 2

run tables
exits "tables without a file is a usage error" 2

if command -v pdftoppm >/dev/null; then
    pdftoppm -r 200 -png -singlefile "$SCRATCH/unruled.pdf" "$SCRATCH/scan"
    export AUTOSPEC_STORE=$SCRATCH/scans.db
    run ingest "$SCRATCH/scan.png"
    if grep -q tesseract-ocr "$OUT" "$ERR"; then
        skip "scanned pages: tesseract-ocr-eng is not installed"
    else
        exits "a scanned sheet is read" 0
        run ask "What is the torque of the 2019 Halden Skerry Diesel?"
        says "scan: the figure is read" "$OUT" "320 Nm"
        says "scan: the place is said" "$OUT" "scan\.png, page 1, table 1"
        # The feet of the figures are worn off: 320 is read as another number.
        pdftoppm -r 200 -gray -singlefile "$SCRATCH/unruled.pdf" "$SCRATCH/worn"
        python3 tests/e2e/smudge.py "$SCRATCH/worn.pgm" "$SCRATCH/worn.png" 200 360,141,384,147
        export AUTOSPEC_STORE=$SCRATCH/worn.db
        run ingest "$SCRATCH/worn.png"
        says "what OCR was not sure of is told at ingest" "$OUT" "1 value was read by OCR with low confidence.* on page 1"
        run ask "What is the torque of the 2019 Halden Skerry Diesel?"
        says "and in the answer" "$OUT" "\(read by OCR with low confidence; check it on the page\)"
        run ask "What is the torque of the 2019 Halden Skerry Petrol?"
        says "the figure beside it is not doubted" "$OUT" "is 250 Nm \[1\]"
    fi
else
    skip "scanned pages: there is no pdftoppm to make one"
fi

finish
