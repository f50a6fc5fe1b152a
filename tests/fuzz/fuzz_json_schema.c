/* A schema from anywhere, and ways through its machine: none gets stuck, each gives JSON that fits.
 */
#include <stdlib.h>

#include "../unit/schema_check.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    uint32_t seed = 7;
    if (size > 1 << 14) return 0;
    for (size_t i = 0; i < size; i++) seed = seed * 31 + data[i];
    json_t *schema = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
    if (!schema) return 0;
    struct json_schema *s = json_schema_compile(schema, &err);
    if (!s && err.code == ERROR_NONE) abort();
    for (uint32_t i = 0; s && i < 3; i++) {
        struct buffer text = {0};
        enum way_end end = way_walk(s, seed + i, i * 40, 2000, &text);
        if (end == WAY_STUCK) abort();
        if (end == WAY_WHOLE) {
            json_t *v = json_loadb(buffer_text(&text), text.len, JSON_DECODE_ANY, NULL);
            if (!v || !schema_fits(schema, schema, v, 0)) {
                fprintf(stderr, "does not fit: %s\n", buffer_text(&text));
                abort();
            }
            json_decref(v);
        }
        buffer_free(&text);
    }
    json_schema_free(s);
    json_decref(schema);
    return 0;
}
