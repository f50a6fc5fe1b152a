/* Plain text: pairs on a line, then the whole document. */
#include "fuzz_document.h"

#include "document/text_pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pair pairs[PAIRS_MAX];
    const char *text = (const char *)data;
    size_t n = pairs_find(text, size, pairs, PAIRS_MAX), at = 0;
    fuzz_expect(n <= PAIRS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct pair *p = &pairs[i];
        fuzz_expect(p->name_begin >= at && p->name_end > p->name_begin);
        fuzz_expect(p->value_begin >= p->name_end && p->value_end > p->value_begin);
        at = p->value_end;
    }
    fuzz_expect(at <= size);
    fuzz_document("/doc.txt", DOCUMENT_TEXT, data, size);
    return 0;
}
