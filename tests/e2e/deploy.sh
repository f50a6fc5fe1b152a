#!/bin/bash
# The files in deploy/: the systemd unit as systemd sees it, the container's packages against what the
# program needs, and nginx in front of two replicas. What is not installed is skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$ROOT/tests/e2e/server_lib.sh"

# ---- the unit ----

if command -v systemd-analyze >/dev/null && systemd-analyze --version | grep -qE '^systemd (25[0-9]|2[6-9])'; then
    # The program's place is the installation's; here it is only asked whether the file is right.
    sed "s|^ExecStart=/usr/local/bin/autospec|ExecStart=$AUTOSPEC|" deploy/autospec.service >"$SCRATCH/autospec.service"
    SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$SCRATCH/autospec.service" >"$OUT" 2>&1
    check "systemd takes the unit without a word" test ! -s "$OUT"
    check "and rates its exposure below 2.0" systemd-analyze security --offline=yes --threshold=19 "$SCRATCH/autospec.service"
else
    skip "the unit as systemd sees it: no systemd-analyze"
    skip "and how exposed it is"
fi
check "the unit gives the server the time that it takes to drain" \
    test "$(sed -n 's/^TimeoutStopSec=//p' deploy/autospec.service)" -gt "$(sed -n 's/.*DRAIN_SECONDS = \([0-9]*\).*/\1/p' src/cli/serve.c)"
# shellcheck disable=SC2046 # a list of settings
check "every setting in the unit is one" env -i HOME="$HOME" $(sed -n 's/^Environment=//p' deploy/autospec.service) \
    sh -c "'$AUTOSPEC' config >'$OUT' 2>'$ERR' && ! test -s '$ERR' && grep -q '^HF_HOME */var/cache/autospec/huggingface *environment' '$OUT'"

# ---- the container ----

# installs FROM: what the stage of the Dockerfile that begins so installs, one a line.
installs() {
    sed -n "\\|^$1\$|,/^COPY/p" deploy/Dockerfile | sed -n '/^RUN/,/^COPY/p' | sed '/^COPY/d; s/&&.*//' |
        tr -s ' \\' '\n\n' | grep -vE '^(RUN|apt-get|update|install|-.*|rm|/.*|useradd|autospec)?$' | sort
}
installs 'FROM debian:12 AS build' >"$SCRATCH/docker"
sed -n '/^BUILD_PACKAGES="/,/"$/p' scripts/deps.sh | sed 's/.*="//; s/"$//' | tr -s ' ' '\n' | grep . | sort >"$SCRATCH/deps"
check "the container builds with the packages that the build needs" cmp "$SCRATCH/deps" "$SCRATCH/docker"
case $AUTOSPEC in
*asan* | *tsan*) ;;
*)
    if command -v dpkg >/dev/null && command -v readelf >/dev/null; then
        # autospec-pdf is not built where its libraries are not.
        for lib in $(readelf -d "$AUTOSPEC" $(ls "$AUTOSPEC-pdf" 2>/dev/null) | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
            dpkg -S "*/$lib" 2>/dev/null | cut -d: -f1
        done | grep -vE '^(libc6|libgcc-s1)' | sort -u >"$SCRATCH/needed"
        installs 'FROM debian:12-slim' | grep '^lib' >"$SCRATCH/docker"
        check "and runs with the libraries that the program is linked to" cmp "$SCRATCH/needed" "$SCRATCH/docker"
    else
        skip "the container's libraries: no dpkg or readelf"
    fi
    ;;
esac
sed -n '/^HEALTHCHECK/,/^STOPSIGNAL/p' deploy/Dockerfile | sed -n 's/^ *"\(exec .*\)"\]$/\1/p' | sed 's/\\\\/\\/g' >"$SCRATCH/health"
run ingest data
exits "the samples are read" 0
start_server
check "its health check passes where there is a server" env PORT="${URL##*:}" bash -c "$(cat "$SCRATCH/health")"
FIRST=${URL##*:}
stop_server TERM
check "and fails where there is none" sh -c "! PORT=$FIRST bash -c '$(sed "s/'/'\\\\''/g" "$SCRATCH/health")' 2>/dev/null"

# ---- nginx ----

if ! NGINX=$(PATH=$PATH:/usr/sbin command -v nginx); then
    skip "nginx in front of two replicas: no nginx"
    finish
fi
# Two replicas on one store.
AUTOSPEC_HOSTS=specs.example start_server
FIRST_PID=$SERVER_PID FIRST=${URL##*:} FIRST_LOG=$SCRATCH/first.log
SERVER_LOG=$FIRST_LOG SERVER_PID=
cp "$SCRATCH/server.log" "$FIRST_LOG"
SERVER_LOG=$SCRATCH/second.log
AUTOSPEC_HOSTS=specs.example start_server
SECOND=${URL##*:}
trap '[ "$BASHPID" != $$ ] || { kill $FIRST_PID 2>/dev/null; stop_server KILL 2>/dev/null; kill "$(cat "$SCRATCH/nginx.pid" 2>/dev/null)" 2>/dev/null; rm -rf "$SCRATCH"; }' EXIT
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# The example without what this machine has not: its ports and certificates.
{
    printf 'pid %s/nginx.pid;\nerror_log %s/nginx.log;\nevents {}\nhttp {\naccess_log off;\n' "$SCRATCH" "$SCRATCH"
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $SCRATCH/nginx-$kind;"; done
    sed -e "s/127\.0\.0\.1:8001/127.0.0.1:$FIRST/; s/127\.0\.0\.1:8002/127.0.0.1:$SECOND/" \
        -e "s/listen 443 ssl;/listen 127.0.0.1:$PORT;/; /ssl_certificate/d" deploy/nginx.conf
    echo '}'
} >"$SCRATCH/nginx.conf"
check "nginx takes the example" "$NGINX" -t -q -p "$SCRATCH" -c "$SCRATCH/nginx.conf" -e "$SCRATCH/nginx.log"
"$NGINX" -p "$SCRATCH" -c "$SCRATCH/nginx.conf" -e "$SCRATCH/nginx.log"
URL=http://127.0.0.1:$PORT
through() { http "$@" -H 'Host: specs.example'; }
through /query --json '{"query": "What is the horsepower of the 2023 Toyota Camry?", "temperature": 0}'
answers "a question goes through" 200 '.answer | test("203 hp")'
through /query --json '{"query": "What is the horsepower of the 2023 Toyota Camry?", "stream": true}'
check "so does a stream" grep -q '^event: done' "$OUT"
through /metrics
answers "figures do not" 404
through /ingest/text --json '{"name": "zephyr.txt", "text": "The horsepower of the 2031 Zephyr Gale is 778 hp."}'
answers "a document is read in by one of them" 200
for port in $FIRST $SECOND; do
    check "and known to both" sh -c "curl -s http://127.0.0.1:$port/documents | grep -q zephyr.txt"
done
for _ in 1 2 3 4 5 6; do
    through /documents
done
check "both are asked" sh -c "grep -q 'GET /documents 200' '$SCRATCH/second.log' && grep -c 'GET /documents 200' '$SCRATCH/server.log' '$FIRST_LOG' >/dev/null"
kill $FIRST_PID
wait $FIRST_PID
bad=0
for _ in 1 2 3 4 5 6 7 8; do
    through /query --json '{"query": "What is the horsepower of the 2023 Toyota Camry?", "temperature": 0}'
    [ "$CODE" = 200 ] || bad=$((bad + 1))
done
check "when one is gone nobody notices" test $bad -eq 0
kill "$(cat "$SCRATCH/nginx.pid")"
stop_server TERM
exits "the replicas end well" 0
finish
