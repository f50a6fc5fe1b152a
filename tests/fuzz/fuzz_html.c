/* Web pages with their data for machines, by the encoding that they state. */
#include "fuzz_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_document("/doc.html", DOCUMENT_HTML, data, size);
    return 0;
}
