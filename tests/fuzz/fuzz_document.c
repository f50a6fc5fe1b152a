/* Documents of all kinds, by name and by what they hold. The first byte chooses the name. */
#include "fuzz_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"/doc",       "/doc.csv", "/doc.tsv", "/doc.json",
                                        "/doc.jsonl", "/doc.md",  "/doc.txt"};
    if (size == 0) return 0;
    fuzz_document(NAMES[data[0] % (sizeof NAMES / sizeof *NAMES)], N_DOCUMENT_KINDS, data + 1,
                  size - 1);
    return 0;
}
