#!/bin/bash
# The curl examples of the README, run as they are printed: a curl in front of the real one sends
# localhost:8000 to the port of the server under test, and makes an error status a failure.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

run ingest "${SAMPLES[@]}"
exits "the samples are read" 0
start_server
mkdir "$SCRATCH/bin"
cat >"$SCRATCH/bin/curl" <<P
#!/bin/sh
exec $(command -v curl) --fail-with-body --max-time 120 --connect-to "localhost:8000:127.0.0.1:${URL##*:}" "\$@"
P
chmod +x "$SCRATCH/bin/curl"

# Indented paragraphs that begin with curl, one a file.
mkdir "$SCRATCH/examples"
awk -v dir="$SCRATCH/examples" '
    /^    curl / && !on { on = 1; n++ }
    !/^    / { on = 0 }
    on { sub(/^    /, ""); print > (dir "/" sprintf("%02d", n)) }' README.md
check "the README has examples" test "$(find "$SCRATCH/examples" -type f | wc -l)" -ge 5
for example in "$SCRATCH"/examples/*; do
    PATH="$SCRATCH/bin:$PATH" bash "$example" >"$OUT" 2>"$ERR"
    STATUS=$?
    name=$(head -n 1 "$example" | grep -oE 'localhost:8000[^ ]*')
    exits "example $(basename "$example"), $name" 0
    check "  and it says something that is no error" sh -c "test -s '$OUT' && ! grep -q '^{\"error\"\|^event: error' '$OUT'"
done
stop_server TERM
exits "the server ends well" 0
finish
