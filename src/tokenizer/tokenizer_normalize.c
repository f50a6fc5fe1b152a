#include "tokenizer/tokenizer_parts.h"

#include "base/utf8.h"
#include "tokenizer/tokenizer_unicode.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Nothing that NFC touches. */
static bool is_plain(const char *text, size_t len)
{
    /* U+0300 is the first code point that NFC may touch; it is CC 80. */
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0xcc) return false;
    return true;
}

static utf8proc_propval_t combining_class(int32_t cp)
{
    return utf8proc_get_property(cp)->combining_class;
}

/* Puts each run of combining marks in canonical order. utf8proc does this too, but by insertion,
 * which a megabyte of unordered marks turns into hours. */
static bool order_marks(int32_t *cps, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t end = i;
        bool ordered = true;
        utf8proc_propval_t last = 0;
        for (; end < n; end++) {
            utf8proc_propval_t ccc = combining_class(cps[end]);
            if (ccc == 0) break;
            if (ccc < last) ordered = false;
            last = ccc;
        }
        if (!ordered) {
            /* By class, of which there are at most 255; marks of one class keep their order. */
            size_t run = end - i, starts[257] = {0};
            int32_t *sorted = malloc(run * sizeof *sorted);
            if (!sorted) return false;
            for (size_t k = i; k < end; k++) starts[(combining_class(cps[k]) & 255) + 1]++;
            for (size_t c = 0; c < 256; c++) starts[c + 1] += starts[c];
            for (size_t k = i; k < end; k++)
                sorted[starts[combining_class(cps[k]) & 255]++] = cps[k];
            memcpy(cps + i, sorted, run * sizeof *sorted);
            free(sorted);
        }
        i = end == i ? i + 1 : end;
    }
    return true;
}

/* NFC or NFD of text in which no barrier stands. */
static bool normalize_part(const char *text, size_t len, bool compose, struct buffer *out,
                           struct error *err)
{
    enum { MAX_DECOMPOSED = 4 }; /* code points that one becomes in NFD; under 2 for each byte */
    size_t n = 0;
    bool ok = false;
    int32_t *cps = len < SIZE_MAX / 16 ? malloc((2 * len + MAX_DECOMPOSED) * sizeof *cps) : NULL;
    if (!cps) return error_memory(err, "the normal form of a text");
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        i += utf8_decode(text + i, len - i, &cp);
        int boundary = 0;
        utf8proc_ssize_t k = utf8proc_decompose_char((int32_t)cp, cps + n, MAX_DECOMPOSED,
                                                     UTF8PROC_DECOMPOSE, &boundary);
        if (k < 0 || k > MAX_DECOMPOSED) { /* nothing in Unicode comes here */
            error_set(err, ERROR_INPUT, "U+%04X: %s", cp, utf8proc_errmsg(k));
            goto done;
        }
        n += (size_t)k;
    }
    if (!order_marks(cps, n)) {
        error_memory(err, "the normal form of a text");
        goto done;
    }
    utf8proc_ssize_t left = (utf8proc_ssize_t)n;
    if (compose)
        left = utf8proc_normalize_utf32(cps, left,
                                        (utf8proc_option_t)(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    for (utf8proc_ssize_t i = 0; i < left; i++) {
        char utf8[4];
        buffer_append(out, utf8, utf8_encode((uint32_t)cps[i], utf8));
    }
    ok = !out->failed || error_memory(err, "the normal form of a text");
done:
    free(cps);
    return ok;
}

static bool is_barrier(uint32_t cp)
{
    size_t lo = 0, hi = unicode_n_nfc_barriers;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (unicode_nfc_barriers[mid].last < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < unicode_n_nfc_barriers && unicode_nfc_barriers[lo].first <= cp;
}

static bool normalize(const char *text, size_t len, bool compose, struct buffer *out,
                      struct error *err)
{
    size_t done = 0;
    for (size_t i = 0, n; i < len; i += n) {
        uint32_t cp = 0;
        n = utf8_decode(text + i, len - i, &cp);
        if (cp < unicode_nfc_barriers[0].first || !is_barrier(cp)) continue;
        if (!normalize_part(text + done, i - done, compose, out, err)) return false;
        buffer_append(out, text + i, n);
        done = i + n;
    }
    return normalize_part(text + done, len - done, compose, out, err);
}

bool normalize_nfd(const char *text, size_t len, struct buffer *out, struct error *err)
{
    return normalize(text, len, false, out, err);
}

bool normalizer_keeps(const struct normalizer *n, const char *text, size_t len)
{
    return !n->is_bert && (!n->nfc || is_plain(text, len));
}

bool normalizer_run(const struct normalizer *n, const char *text, size_t len, struct buffer *out,
                    struct error *err)
{
    if (n->is_bert) return bert_normalize(&n->bert, text, len, out, err);
    if (n->nfc) return normalize(text, len, true, out, err);
    buffer_append(out, text, len);
    return !out->failed || error_memory(err, "a normalized text");
}
