/* Markdown and plain text into the store. */
#include "fuzz_ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_ingest(DOCUMENT_MARKDOWN, data, size);
    fuzz_ingest(DOCUMENT_TEXT, data, size);
    return 0;
}
