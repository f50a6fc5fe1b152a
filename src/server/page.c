/* GET /: the page, one file that is part of the program. Its script and its style are allowed by
 * their hashes alone, so that nothing that finds its way into the page can run. */
#include "server/handlers.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

/* The file as it stands in the sources; the Makefile knows that this object depends on it. */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "autospec_page:\n"
        ".incbin \"src/server/ui/index.html\"\n"
        "autospec_page_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const char autospec_page[] __attribute__((visibility("hidden")));
extern const char autospec_page_end[] __attribute__((visibility("hidden")));

/* "sha256-..." of what stands in the page's element of this name, as browsers work it out
 * (w3.org/TR/CSP3, 2.3.1). */
static void hash_element(const char *name, char *out, size_t size)
{
    char open[16], close[16], digest[SHA256_DIGEST_LENGTH], text[64];
    size_t len = (size_t)(autospec_page_end - autospec_page);
    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    const char *begin = memmem(autospec_page, len, open, strlen(open));
    begin = begin ? begin + strlen(open) : autospec_page;
    size_t left = (size_t)(autospec_page_end - begin);
    const char *end = memmem(begin, left, close, strlen(close));
    SHA256((const unsigned char *)begin, end ? (size_t)(end - begin) : 0, (unsigned char *)digest);
    EVP_EncodeBlock((unsigned char *)text, (unsigned char *)digest, sizeof digest);
    snprintf(out, size, "sha256-%s", text);
}

/* On the network's thread alone, as all that is direct. */
void handle_page(struct exchange *x)
{
    static char policy[512];
    if (!*policy) {
        char script[80], style[80];
        hash_element("script", script, sizeof script);
        hash_element("style", style, sizeof style);
        snprintf(policy, sizeof policy,
                 "default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; "
                 "img-src data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                 script, style);
    }
    reply_header(x, "Content-Security-Policy", policy);
    reply_header(x, "Referrer-Policy", "no-referrer");
    reply_header(x, "Cache-Control", "no-cache");
    reply_bytes(x, 200, "text/html; charset=utf-8", autospec_page,
                (size_t)(autospec_page_end - autospec_page));
}
