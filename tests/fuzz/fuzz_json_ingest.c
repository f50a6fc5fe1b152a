/* JSON documents into the store. */
#include "fuzz_ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_ingest(DOCUMENT_JSON, data, size);
    return 0;
}
