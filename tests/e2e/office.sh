#!/bin/bash
# Web pages, spreadsheets, Word and transcripts from the file to the answer with its place; one page from
# an address. The files are made by office_files.py; its hostile ones are read by hostile.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

FILES=$SCRATCH/files
python3 tests/e2e/office_files.py "$FILES" || { fail "the files could not be made"; finish; }

# answers FILE QUESTION ANSWER PLACE: the file alone in the store; the answer's value and its place.
answers() {
    export AUTOSPEC_STORE=$SCRATCH/$1.db
    run ingest "$FILES/$1"
    exits "$1 is read" 0
    run ask "$2"
    exits "$1: $2" 0
    says "$1: the value" "$OUT" "$3"
    says "$1: its place" "$OUT" "$4"
}

answers trucks.xlsx "What is the price of the 2024 Quenby Osprey Base 2WD?" '28,995' "sheet 'Trucks', row 8"
answers trucks.xlsx "What is the length of the Quenby Tern?" '5,?531 mm' "sheet 'Vans', row 3"
answers caravans.ods "What is the curb weight of the Quenby Lark?" '1,?456 kg' "sheet 'Wohnwagen', row 4"
answers fleet.xls "What is the power of the 2022 Quenby Stork?" '210 hp' "sheet 'Fleet', row 4"
answers towing.docx "What is the towing capacity of the 2024 Quenby Heron 3.5 V6 Crew Cab?" '10,?900 lb' "table 1, row 4"
answers manual.odt "How much engine oil does the 2023 Quenby Plover take?" '5\.7 ' "table 1, row 2"
answers heron.html "What is the wheelbase of the 2025 Quenby Heron?" '3,?708 mm' "line 13"
answers heron.html "What is the towing capacity of the 2025 Quenby Heron 3.5 V6 4WD?" '12,?500 lb' "table 2, row 2"
answers workshop.srt "What is the fuel tank capacity of the 2024 Quenby Heron?" '36 gal' "00:12:31"
answers walkaround.vtt "What is the weight of the 2024 Quenby Tern?" '2,?150 kg' "00:00:05"

# A folder: a saved page's own files are left out.
mkdir -p "$SCRATCH/saved/heron_files"
cp "$FILES/heron.html" "$SCRATCH/saved/"
echo "<html><p>Frame of an advertisement." >"$SCRATCH/saved/heron_files/frame.html"
export AUTOSPEC_STORE=$SCRATCH/saved.db
run ingest "$SCRATCH/saved"
says "a saved page is one document" "$OUT" '^1 document read'

# From an address. What this machine's environment says of certificates and proxies is no part of the test.
# shellcheck disable=SC2046 # names, one a word
unset $(env | sed -n 's/^\([A-Z]*_CA_BUNDLE\|SSL_CERT_FILE\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p')
export AUTOSPEC_STORE=$SCRATCH/web.db
SERVERS=
trap 'kill $SERVERS 2>/dev/null; [ "$BASHPID" != $$ ] || rm -rf "$SCRATCH"' EXIT
# start_web PORT_FILE ARG...: leaves the port in PORT.
start_web() {
    python3 tests/e2e/web_server.py "$FILES" "$@" 2>"$SCRATCH/web.log" &
    SERVER=$!
    SERVERS="$SERVERS $SERVER"
    for _ in $(seq 100); do [ -s "$1" ] && break; sleep 0.1; done
    PORT=$(cat "$1")
}
start_web "$SCRATCH/port"
URL=http://127.0.0.1:$PORT

run ingest "$URL/heron.html"
one_error "this machine's addresses are refused" 1 'leads to 127\.0\.0\.1, an address of this machine'
run ingest "http://localhost:${URL##*:}/heron.html"
one_error "by their names too" 1 'an address of this machine'
run ingest --allow-private "$URL/heron.html"
exits "--allow-private" 0
run ask "What is the wheelbase of the 2025 Quenby Heron?"
says "the page's value" "$OUT" '3,?708 mm'
run ingest --list
says "its path is the address" "$OUT" "html .* $URL/heron.html\$"
run ingest --allow-private "$URL/hops/3"
exits "redirects are followed" 0
run ingest --allow-private "$URL/hops/20"
one_error "but not for ever" 1 'more than 5 redirects'
run ingest --allow-private "$URL/away?to=file:///etc/passwd"
one_error "nor to files" 1 'file'
run ingest --allow-private "$URL/gone"
one_error "a page that is not there" 1 'HTTP status 404'
run ingest --allow-private "$URL/big"
one_error "a page without an end" 1 'is larger than 64 MB'
run ingest --allow-private "$URL/typed?x=1.zip"
exits "the content type tells the kind" 0
run ingest --allow-private "$URL/trucks.xlsx"
exits "a workbook by its contents" 0
run ingest --allow-private "$URL/as/application/vnd.openxmlformats-officedocument.spreadsheetml.sheet/trucks-xlsx"
says "or under an address that tells nothing" "$OUT" "trucks-xlsx is another name of .*trucks\.xlsx|same contents|duplicate"
if [ -x "$(dirname "$AUTOSPEC")/autospec-pdf" ]; then
    python3 tests/e2e/pdf_sheets.py "$FILES"
    run ingest --allow-private "$URL/as/application/pdf/unruled-pdf?version=3"
    exits "a PDF by its type" 0
    run ask "What is the torque of the 2019 Halden Skerry Diesel?"
    says "the PDF's value" "$OUT" "320 Nm"
    says "its place is said" "$OUT" "unruled-pdf\?version=3, page 1, table 1"
    check "its original is kept, for its pages are not to be had elsewhere" python3 -c '
import sqlite3, sys
assert sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM document_files f JOIN documents d"
    " ON d.id = f.document WHERE d.path LIKE ?", ("%unruled-pdf%",)).fetchone()[0] == 1' "$AUTOSPEC_STORE"
fi
run ingest --allow-private "$URL/latin"
exits "the header tells the encoding" 0
run ask "What is the power of the 2020 Quenby Wren?"
says "in any case of the page" "$OUT" '136 hp|100 kW'
run ingest "http://user:secret@example.com/"
one_error "no passwords in the store" 1 'user name or password'
kill $SERVER
run ingest --allow-private "$URL/heron.html"
one_error "a server that is not there" 1 '127\.0\.0\.1'

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$SCRATCH/key.pem" -out "$SCRATCH/cert.pem" -days 2 \
        -subj /CN=127.0.0.1 -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
    start_web "$SCRATCH/secure_port" "$SCRATCH/cert.pem" "$SCRATCH/key.pem"
    SECURE=https://127.0.0.1:$PORT
    start_web "$SCRATCH/plain_port"
    export AUTOSPEC_STORE=$SCRATCH/secure.db
    run ingest "$SECURE/heron.html"
    one_error "https: this machine's addresses are refused too" 1 'an address of this machine'
    run ingest --allow-private "$SECURE/heron.html"
    one_error "https: a certificate that nobody has signed is refused" 1 'certificate'
    export SSL_CERT_FILE=$SCRATCH/cert.pem
    run ingest --allow-private "$SECURE/heron.html"
    exits "https: one that is trusted (SSL_CERT_FILE) is not" 0
    run ingest --allow-private "$SECURE/hops/3"
    exits "https: redirects are followed" 0
    run ingest --allow-private "$SECURE/hops/20"
    one_error "https: but not for ever" 1 'more than 5 redirects'
    run ingest --allow-private "$SECURE/away?to=http://127.0.0.1:$PORT/heron.html"
    one_error "https: nor to http" 1 'http'
    run ingest --allow-private "$SECURE/big"
    one_error "https: a page without an end" 1 'is larger than 64 MB'
    unset SSL_CERT_FILE
else
    skip "https: there is no openssl to make a certificate"
fi

finish
