#!/bin/bash
# Files that the server reads behind the request's back: POST /ingest/file with async=1, /ingest/jobs.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/server_lib.sh
. "$(dirname "$0")/server_lib.sh"

# sheet FILE MODEL HP ROWS
sheet() {
    awk -v model="$2" -v hp="$3" -v rows="$4" 'BEGIN {
        print "Make,Model,Year,Trim,Horsepower (hp),Towing Capacity (lb),Notes"
        for (i = 1; i <= rows; i++)
            printf "Kia,%s,2020,T%d,%d,%d,row %d of the sheet\n", model, i, hp + i % 50, 1000 + i, i
    }' >"$1"
}
sheet "$SCRATCH/rio.csv" Rio 100 1
sheet "$SCRATCH/large.csv" Ceed 110 60000
sheet "$SCRATCH/other.csv" Niro 139 60000
printf 'x\0y' >"$SCRATCH/bad.csv"

# job_of: the id of the last reply's first job. wait_job ID STATUS: until it has it; then $OUT is the job.
job_of() {
    jq '.jobs[0].id' <"$OUT"
}
wait_job() {
    for _ in $(seq 600); do
        http "/ingest/jobs/$1"
        jq -e ".status == \"$2\"" <"$OUT" >/dev/null 2>&1 && break
        sleep 0.1
    done
}

start_server
http '/ingest/file?async=1' -F "file=@$SCRATCH/rio.csv"
answers "a file sent with async=1 is a job" 202 '.jobs[0] | .status == "queued" and .name == "rio.csv" and .bytes > 0'
id=$(job_of)
check "Location names it" grep -qi "^Location: /ingest/jobs/$id" "$HEAD"
wait_job "$id" done
answers "which becomes done" 200 '.status == "done" and .error == null and .ended >= .created and .document.outcome == "new" and .document.name == "rio.csv"'
check "its notes are told" jq -e '.notes | length > 0' "$OUT"
http /query --json '{"query": "horsepower of the 2020 Kia Rio?"}'
answers "the document is there" 200 '.answer | test("101")'
http /ingest/file -F async=1 -F "file=@$SCRATCH/rio.csv;filename=again.csv"
answers "async may be a field of the form" 202
wait_job "$(job_of)" done
answers "the same contents are not read twice" 200 '.document.outcome == "duplicate" and .document.name == "rio.csv"'
http '/ingest/file?async=0' -F "file=@$SCRATCH/rio.csv"
answers "async=0 reads at once" 200 '.documents[0].outcome == "unchanged"'
http '/ingest/file?async=1' -F "note=x"
refuses "a form without a file is no job" 400 no_file

http '/ingest/file?async=1' -F "file=@$SCRATCH/bad.csv" -F "file=@$SCRATCH/rio.csv"
answers "several files are several jobs" 202 '.jobs | length == 2'
bad=$(job_of)
wait_job "$bad" failed
answers "one that cannot be read fails and says why" 200 '.status == "failed" and (.error | test("bad.csv"))'
check "its file is kept" test -s "$AUTOSPEC_STORE-jobs/$bad"
check "those that were read are not" test "$(find "$AUTOSPEC_STORE-jobs" -name '*[0-9]' | wc -l)" = 1
http "/ingest/jobs/$bad/retry" -X POST
answers "it can be read again" 200 '.status == "queued" and .error == null'
wait_job "$bad" failed
answers "and fails again" 200 '.status == "failed"'
http "/ingest/jobs/$id/retry" -X POST
refuses "one that is done cannot" 409 not_retriable
http "/ingest/jobs/7/retry" -X POST
refuses "nor one that is not there" 404 not_found
http '/ingest/jobs?status=failed'
answers "the list tells those of a status" 200 '.total == 1 and .jobs[0].name == "bad.csv"'
http '/ingest/jobs?limit=2'
answers "the newest first" 200 '.total == 4 and (.jobs | length == 2) and .jobs[0].id > .jobs[1].id'
http '/ingest/jobs?status=none'
refuses "an unknown status is refused" 400 invalid_field
http "/ingest/jobs/$bad" -X DELETE
answers "a finished job is forgotten" 200 '.status == "failed"'
http "/ingest/jobs/$bad"
refuses "with its file" 404 not_found
check "also on the disk" test ! -e "$AUTOSPEC_STORE-jobs/$bad"

# ---- a large one ----

http '/ingest/file?async=1' -F "file=@$SCRATCH/large.csv" -F "file=@$SCRATCH/other.csv"
answers "large files are taken at once" 202
large=$(job_of) other=$(jq '.jobs[1].id' <"$OUT")
wait_job "$large" reading
answers "one is being read" 200 '.status == "reading"'
started=$(date +%s%N)
http /query --json '{"query": "horsepower of the 2020 Kia Rio?"}'
took=$((($(date +%s%N) - started) / 1000000))
answers "questions are answered meanwhile" 200 '.answer | test("101")'
if [ $took -lt 3000 ]; then pass "without waiting"; else fail "without waiting" "$took ms"; fi
for _ in $(seq 300); do
    http "/ingest/jobs/$large"
    jq -e '.status != "reading" or .done > 0' <"$OUT" >/dev/null && break
    sleep 0.05
done
answers "how far it is, in what it counts" 200 '.done > 0 and .done <= .total and .word == "bytes"'
http "/ingest/jobs/$large" -X DELETE
answers "it is cancelled" 200 '.status == "reading" or .status == "cancelled"'
wait_job "$large" cancelled
answers "and ends" 200 '.status == "cancelled" and .document == null'
http /documents
answers "nothing of it is stored" 200 '[.documents[].name] | index("large.csv") == null'
wait_job "$other" done
answers "the other one is read" 200 '.document.chunks == 60000'

# ---- stops ----

http '/ingest/file?async=1' -F "file=@$SCRATCH/large.csv"
large=$(job_of)
wait_job "$large" reading
stop_server TERM
cp "$SERVER_LOG" "$ERR"
exits "SIGTERM ends the server though a job is at work" 0
start_server
wait_job "$large" done
answers "which goes on by itself after the restart" 200 '.status == "done" and .document.chunks == 60000'
id=$(jq .document.id <"$OUT")
http "/documents/$id" -X DELETE
http '/ingest/file?async=1' -F "file=@$SCRATCH/large.csv" -F "file=@$SCRATCH/rio.csv;filename=third.csv"
large=$(job_of)
wait_job "$large" reading
stop_server KILL 2>/dev/null
start_server
http "/ingest/jobs/$large"
answers "what was being read when the server was killed has failed" 200 \
    '.status == "failed" and .error == "the server was stopped"'
http /documents
answers "nothing of it is there" 200 '[.documents[].name] | index("large.csv") == null'
http "/ingest/jobs/$large/retry" -X POST
wait_job "$large" done
answers "and is read when it is retried" 200 '.document.chunks == 60000 and .document.outcome == "new"'
SECOND=$SERVER_PID FIRST_URL=$URL
"$AUTOSPEC" serve --port 0 >"$SCRATCH/second.out" 2>"$SCRATCH/second.log" </dev/null &
OTHER=$!
for _ in $(seq 200); do
    grep -q 'listening' "$SCRATCH/second.log" && break
    sleep 0.05
done
URL=$(sed -n 's/^autospec: listening on //p' "$SCRATCH/second.log" | head -n 1)
http '/ingest/file?async=1' -F "file=@$SCRATCH/rio.csv"
refuses "a second server of the store leaves jobs to the first" 429 queue_full
kill $OTHER
wait $OTHER
URL=$FIRST_URL SERVER_PID=$SECOND
stop_server TERM
cp "$SERVER_LOG" "$ERR"
exits "the server ends" 0
check "no folder is left where nothing is kept" test ! -e "$AUTOSPEC_STORE-jobs"
finish
