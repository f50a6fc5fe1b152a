/* JSON: the scanner alone, then as a document and by lines. */
#include "fuzz_document.h"

#include "document/json_scan.h"

#include "base/buffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_tape t;
    struct json_error bad = {0};
    size_t at = 0;
    json_tape_init(&t, (const char *)data, size);
    if (json_scan_value(&t, &at, &bad)) {
        struct buffer text = {0};
        fuzz_expect(t.n && t.values[0].next == t.n && at <= size);
        for (size_t i = 0; i < t.n; i++) {
            const struct json_value *v = &t.values[i];
            fuzz_expect(v->next > i && v->next <= t.n && v->begin <= v->end && v->end <= size);
            if (v->type == JSON_TEXT) json_decode(t.data, v->begin, v->end, &text);
            if (v->key_len) json_decode(t.data, v->key, v->key + v->key_len, &text);
        }
        fuzz_expect(text.len <= size);
        buffer_free(&text);
    } else {
        fuzz_expect(bad.what && bad.at <= size && bad.line >= 1 && t.n == 0);
    }
    json_tape_free(&t);
    fuzz_document("/doc.json", DOCUMENT_JSON, data, size);
    fuzz_document("/doc.jsonl", DOCUMENT_JSON_LINES, data, size);
    return 0;
}
