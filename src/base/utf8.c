#include "base/utf8.h"

/* Length that a lead byte announces, and the range its second byte must be in (RFC 3629, sec. 4).
 */
static size_t lead_info(unsigned char c, unsigned char *lo, unsigned char *hi)
{
    *lo = 0x80;
    *hi = 0xbf;
    if (c < 0x80) return 1;
    if (c < 0xc2) return 0;
    if (c < 0xe0) return 2;
    if (c < 0xf0) {
        if (c == 0xe0) *lo = 0xa0;
        if (c == 0xed) *hi = 0x9f;
        return 3;
    }
    if (c < 0xf5) {
        if (c == 0xf0) *lo = 0x90;
        if (c == 0xf4) *hi = 0x8f;
        return 4;
    }
    return 0;
}

/* Bytes of the sequence at s that are right so far; *need is what its lead byte announces. */
static size_t scan(const unsigned char *s, size_t len, size_t *need)
{
    unsigned char lo, hi;
    *need = len ? lead_info(s[0], &lo, &hi) : 0;
    if (*need == 0) return 0;
    size_t n = 1;
    while (n < *need && n < len && s[n] >= lo && s[n] <= hi) {
        lo = 0x80;
        hi = 0xbf;
        n++;
    }
    return n;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t need;
    if (scan(s, len, &need) != need || need == 0) return 0;
    if (cp) {
        static const unsigned char mask[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
        uint32_t v = s[0] & mask[need];
        for (size_t i = 1; i < need; i++) v = v << 6 | (s[i] & 0x3fu);
        *cp = v;
    }
    return need;
}

size_t utf8_encode(uint32_t cp, char *out)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        if (cp >= 0xd800 && cp < 0xe000) return 0;
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    if (cp >= 0x110000) return 0;
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

size_t utf8_valid_prefix(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t n = utf8_decode(text + i, len - i, NULL);
        if (n == 0) break;
        i += n;
    }
    return i;
}

bool utf8_is_valid(const char *text, size_t len)
{
    return utf8_valid_prefix(text, len) == len;
}

size_t utf8_count(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

size_t utf8_complete_prefix(const char *text, size_t len)
{
    /* Only the last three bytes can start a sequence that is not complete. */
    size_t back = len < 3 ? len : 3;
    for (size_t i = len - back; i < len; i++) {
        size_t need;
        size_t have = scan((const unsigned char *)text + i, len - i, &need);
        if (need > have && have == len - i) return i;
    }
    return len;
}
