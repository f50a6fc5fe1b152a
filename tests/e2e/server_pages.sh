#!/bin/bash
# The pages of documents over HTTP: a PDF file is uploaded and asked about, and its page is fetched with
# the cited cell marked (tests/e2e/png.py looks at the pictures).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

HELPER=${AUTOSPEC_PDF:-$(dirname "$AUTOSPEC")/autospec-pdf}
if [ ! -x "$HELPER" ]; then
    skip "PDF files: this build has no autospec-pdf"
    finish
fi
export PYTHONDONTWRITEBYTECODE=1
python3 tests/e2e/pdf_sheets.py "$SCRATCH" || exit 1

# ask QUESTION: leaves document_id, page and boxes of the first citation in ID, PAGE, MARKS.
ask() {
    http /query -H 'Content-Type: application/json' -d "$(jq -n --arg q "$1" '{query: $q}')"
    ID=$(jq -r '.citations[0].document_id' "$OUT")
    PAGE=$(jq -r '.citations[0].page' "$OUT")
    MARKS=$(jq -r '[.citations[0].boxes[] | map(tostring) | join(",")] | join(";")' "$OUT")
}

start_server
http /ingest/file -F "file=@$SCRATCH/ruled.pdf"
answers "a PDF file is uploaded" 200 '.documents[0].kind == "pdf" and .documents[0].facts > 0'

ask "What is the towing capacity of the 2021 Borrego Canyon Summit?"
answers "its figure is cited with page and box" 200 \
    '.status == "found" and .citations[0].page == 1 and (.citations[0].boxes | length) == 1 and
     (.citations[0].boxes[0] | .[0] > 362 and .[2] < 440 and .[1] > 168 and .[3] < 184)'
answers "the place names row and column" 200 \
    '.citations[0].location == "page 1, table 1, row '"'Towing capacity (lb)', column 'Summit'"'"'
answers "and says that the file's own text was read" 200 '.rows[0].low_confidence == false'

http "/documents/$ID/pages/$PAGE"
answers "a page has a text" 200 '.page == 1 and .pages == 1 and .width == 612 and .height == 792 and
    .name == "ruled.pdf" and (.text | contains("Borrego Canyon"))'

http "/documents/$ID/pages/$PAGE.png?dpi=72"
cp "$OUT" "$SCRATCH/plain.png"
answers "a page has a picture" 200
check "it says that it is one" grep -qi '^content-type: image/png' "$HEAD"
http "/documents/$ID/pages/$PAGE.png?dpi=72&highlight=$MARKS"
cp "$OUT" "$SCRATCH/marked.png"
check "the picture is of the right size, and marked in the box and nowhere else" \
    python3 tests/e2e/png.py "$SCRATCH/plain.png" "$SCRATCH/marked.png" 612x792 72 "$MARKS"
http "/documents/$ID/pages/$PAGE.png?dpi=200&highlight=$MARKS"
cp "$OUT" "$SCRATCH/marked.png"
http "/documents/$ID/pages/$PAGE.png?dpi=200"
cp "$OUT" "$SCRATCH/plain.png"
check "also where it is larger" \
    python3 tests/e2e/png.py "$SCRATCH/plain.png" "$SCRATCH/marked.png" 1700x2200 200 "$MARKS"

for page in 2 2.png 99999999; do
    http "/documents/$ID/pages/$page"
    refuses "page $page of one is not there" 404 not_found
done
for page in 0 -1 x 1.jpg 1.pngx 01; do
    http "/documents/$ID/pages/$page"
    refuses "\"$page\" is no page" 404 not_found
done
http "/documents/999/pages/1.png"
refuses "no document, no page" 404 not_found
for marks in x 1,2,3 '1,2,3,4;' '1,2,3,4,5' nan,1,2,3 1e9,0,1,1; do
    http "/documents/$ID/pages/1.png?highlight=$marks"
    case $marks in
    '1,2,3,4;') answers "a semicolon at the end is allowed" 200 ;;
    *) refuses "\"$marks\" marks nothing" 400 bad_value ;;
    esac
done
http "/documents/$ID/pages/1.png?highlight=$(for _ in $(seq 65); do printf '1,2,3,4;'; done)"
refuses "65 boxes are too many" 400 bad_value
for dpi in 35 301 x 1e9; do
    http "/documents/$ID/pages/1.png?dpi=$dpi"
    answers "dpi=$dpi is refused" 400 '.error.param == "dpi"'
done

http "/documents/$ID" -X DELETE
answers "the document is deleted" 200
http "/documents/$ID/pages/1.png"
refuses "its pages go with it" 404 not_found

# The page of a CSV file.
http /ingest/file -F "file=@data/vehicles.csv"
ask "What is the horsepower of the 2023 Toyota Camry?"
answers "a CSV file has no pages" 200 '.citations[0].page == null and .citations[0].boxes == []'
http "/documents/$ID/pages/1.png"
refuses "and none to show" 404 not_found
stop_server TERM
: >"$OUT"
: >"$ERR"
exits "it ends well" 0
check "no sanitizer spoke" sh -c "! grep -qE 'Sanitizer|runtime error' '$SERVER_LOG'"

# Scanned pages: uploads are read by OCR, too.
if command -v pdftoppm >/dev/null; then
    pdftoppm -r 200 -gray -singlefile "$SCRATCH/unruled.pdf" "$SCRATCH/worn"
    python3 tests/e2e/smudge.py "$SCRATCH/worn.pgm" "$SCRATCH/worn.png" 200 360,141,384,147
    start_server --store "$SCRATCH/jobs.db"
    http '/ingest/file?async=1' -F "file=@$SCRATCH/worn.png"
    job=$(jq -r '.jobs[0].id' "$OUT")
    for _ in $(seq 300); do
        http "/ingest/jobs/$job"
        jq -e '.ended' "$OUT" >/dev/null && break
        sleep 0.2
    done
    if ! grep -q tesseract-ocr "$OUT" "$SERVER_LOG"; then
        answers "a job reads a scanned page, too" 200 '.status == "done" and .document.facts > 0'
    fi
    stop_server TERM
    start_server --store "$SCRATCH/scans.db"
    http /ingest/file -F "file=@$SCRATCH/worn.png"
    if grep -q tesseract-ocr "$OUT" "$SERVER_LOG"; then
        skip "scanned pages: tesseract-ocr-eng is not installed"
    else
        answers "a scanned page is uploaded" 200 '.documents[0].facts > 0'
        ask "What is the torque of the 2019 Halden Skerry Petrol?"
        answers "its figure is read" 200 '.rows[0].value == 250 and (.rows[0].low_confidence | not)'
        http "/documents/$ID/pages/1.png?highlight=$MARKS"
        answers "and shown on the page" 200
        ask "What is the torque of the 2019 Halden Skerry Diesel?"
        answers "a figure that OCR is not sure of is marked" 200 \
            '.rows[0].low_confidence and (.answer | contains("read by OCR with low confidence"))'
    fi
    stop_server TERM
    start_server --store "$SCRATCH/off.db" --ocr-languages off
    printf ' ' >>"$SCRATCH/worn.png"
    http /ingest/file -F "file=@$SCRATCH/worn.png;filename=off.png"
    check "with OCR off a scan gives no facts" test "$(jq -r '.documents[0].facts // 0' "$OUT")" = 0
    stop_server TERM
else
    skip "scanned pages: there is no pdftoppm to make one"
fi

# Files that were read where they are.
run ingest "$SCRATCH/unruled.pdf"
AUTOSPEC_ORIGINALS=copy run ingest "$SCRATCH/spans.pdf"
start_server
ask "What is the torque of the 2019 Halden Skerry Diesel?"
http "/documents/$ID/pages/1.png?highlight=$MARKS"
answers "a page of a file in its place is shown" 200
printf '%% changed' >>"$SCRATCH/unruled.pdf"
http "/documents/$ID/pages/1.png?highlight=$MARKS"
refuses "not once the file has changed" 404 not_found
answers "which is said" 404 '.error.message | test("unruled.pdf: the file has changed")'
http "/documents/$ID/pages/1"
answers "the page's text is there all the same" 200 '.text | contains("Halden Skerry")'
rm "$SCRATCH/unruled.pdf"
http "/documents/$ID/pages/1.png"
answers "nor once it is gone" 404 '.error.message | test("unruled.pdf: the file is not there any more")'
ask "How wide is the 2016 Velox Courier LWB?"
rm "$SCRATCH/spans.pdf"
http "/documents/$ID/pages/1.png?highlight=$MARKS"
answers "a copy that is kept is shown when the file is gone" 200
check "it is a picture" python3 tests/e2e/png.py "$OUT" "$OUT" 1224x1584 144 ""

# ---- locked ones ----

python3 tests/pdf_files.py "$SCRATCH" few
http /ingest/file -F "file=@$SCRATCH/locked-user.pdf"
answers "a locked PDF asks for its password" 422 '.error.message | test("locked with a password.*field \"password\"")'
http /ingest/file -F "file=@$SCRATCH/locked-user.pdf" -F password=guess
answers "a wrong one is told" 422 '.error.message | test("the password does not open the PDF")'
http /ingest/file -F "file=@$SCRATCH/locked-user.pdf" -F "password=$(head -c 1025 /dev/zero | tr '\0' x)"
answers "one that is too long as well" 400 '.error.message | test("1024 bytes")'
http '/ingest/file?async=1' -F "file=@$SCRATCH/locked-user.pdf" -F password=guess
job=$(jq '.jobs[0].id' "$OUT")
for _ in $(seq 600); do
    http "/ingest/jobs/$job"
    jq -e '.status == "failed"' "$OUT" >/dev/null && break
    sleep 0.1
done
answers "in the background too" 200 '.status == "failed" and (.error | test("the password does not open the PDF"))'
http '/ingest/file?async=1' -F password=secret -F "file=@$SCRATCH/locked-user.pdf"
job=$(jq '.jobs[0].id' "$OUT")
check "the password is not on the disk" sh -c "! grep -rqs secret '$AUTOSPEC_STORE-jobs'"
for _ in $(seq 600); do
    http "/ingest/jobs/$job"
    jq -e '.status == "done"' "$OUT" >/dev/null && break
    sleep 0.1
done
answers "the right one opens it" 200 '.status == "done" and .document.kind == "pdf"'
ID=$(jq .document.id "$OUT")
check "nor is it in the log" sh -c "! grep -q secret '$SERVER_LOG'"
http "/documents/$ID/pages/1"
answers "its text is there" 200 '.text | test("3500 kg")'
http "/documents/$ID/pages/1.png"
answers "its picture is not, which is said" 415 '.error.message | test("locked with a password, which is not kept")'
http "/documents/$ID" -X DELETE
http /ingest/file -F "file=@$SCRATCH/locked-user.pdf" -F password=secret -F "file=@$SCRATCH/locked-owner.pdf"
answers "the owner-locked and the user-locked are read at once" 200 '.documents | length == 2'
stop_server TERM
exits "it ends well, too" 0
finish
