/* CSV: the reader alone, then the whole way into the store. */
#include "fuzz_ingest.h"

#include "ingest/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv_reader r;
    struct error err = {0};
    bool end = false, ok = true;
    size_t before = 0;
    csv_open(&r, "/doc", (const char *)data, size);
    while (ok && !end) {
        ok = csv_next(&r, &end, &err);
        if (!ok || end) break;
        if (r.at <= before || r.at > size || r.record_end_line < r.record_line) abort();
        before = r.at;
        for (size_t i = 0; i <= r.n_fields; i++)
            if (csv_field(&r, i)[0] == '\0') continue;
    }
    if (!ok && strncmp(err.text, "/doc: line ", 11) != 0) abort();
    csv_close(&r);
    fuzz_ingest(DOCUMENT_CSV, data, size);
    return 0;
}
