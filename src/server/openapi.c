/* GET /openapi.json: what the server answers, for programs; one file that is part of the program.
 * tests/unit/test_server_openapi.c compares it with the routes, `make schemathesis` with the
 * replies. */
#include "server/openapi.h"
#include "server/handlers.h"

/* The file as it stands in the sources; the Makefile knows that this object depends on it. */
__asm__(".section .rodata\n"
        "autospec_openapi:\n"
        ".incbin \"src/server/openapi.json\"\n"
        "autospec_openapi_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char autospec_openapi[] __attribute__((visibility("hidden")));
extern const char autospec_openapi_end[] __attribute__((visibility("hidden")));

const char *openapi_text(size_t *len)
{
    *len = (size_t)(autospec_openapi_end - autospec_openapi);
    return autospec_openapi;
}

void handle_openapi(struct exchange *x)
{
    size_t len;
    const char *text = openapi_text(&len);
    reply_header(x, "Cache-Control", "no-cache");
    reply_bytes(x, 200, "application/json", text, len);
}
