/* Delimited text: the scanner alone, then as a document. */
#include "fuzz_document.h"

#include "document/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char DELIMITERS[] = ",;\t|";
    struct csv_scanner s;
    size_t before = 0, line = 0;
    csv_scanner_init(&s, (const char *)data, size, DELIMITERS[size & 3]);
    while (csv_scanner_next(&s)) {
        fuzz_expect(s.at > before && s.at <= size && s.n_fields > 0);
        fuzz_expect(s.record_line > line && s.record_last_line >= s.record_line);
        size_t at = s.record_begin;
        for (size_t i = 0; i < s.n_fields; i++) {
            fuzz_expect(s.fields[i].begin >= at && s.fields[i].end >= s.fields[i].begin);
            fuzz_expect(s.record_line + s.fields[i].line_offset <= s.record_last_line);
            at = s.fields[i].end;
        }
        fuzz_expect(at <= s.record_end);
        before = s.at;
        line = s.record_last_line;
    }
    fuzz_expect(s.at == size);
    csv_scanner_free(&s);
    fuzz_document("/doc.csv", DOCUMENT_CSV, data, size);
    return 0;
}
