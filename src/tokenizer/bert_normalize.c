/* BertNormalizer and BertPreTokenizer. */
#include "tokenizer/tokenizer_parts.h"

#include "base/json.h"
#include "base/utf8.h"
#include "tokenizer/bert_unicode.h"

#include <utf8proc.h>

static bool is_among(const struct bert_range *ranges, size_t n, uint32_t cp)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ranges[mid].last < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && ranges[lo].first <= cp;
}

static void append_cp(struct buffer *out, uint32_t cp)
{
    char utf8[4];
    buffer_append(out, utf8, utf8_encode(cp, utf8));
}

static void append_lower(struct buffer *out, uint32_t cp)
{
    size_t lo = 0, hi = bert_n_lowers;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (bert_lowers[mid].from < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == bert_n_lowers || bert_lowers[lo].from != cp) {
        append_cp(out, (uint32_t)utf8proc_tolower((int32_t)cp));
        return;
    }
    for (size_t i = 0; i < 2 && bert_lowers[lo].to[i]; i++) append_cp(out, bert_lowers[lo].to[i]);
}

/* Drops control characters, makes every white space a blank, and sets ideographs apart. */
static void clean(const struct bert_normalizer *n, const char *text, size_t len, struct buffer *out)
{
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = 0;
        used = utf8_decode(text + i, len - i, &cp);
        if (n->clean_text && is_among(bert_removed, bert_n_removed, cp)) continue;
        if (n->clean_text && text_is_space(cp)) {
            buffer_putc(out, ' ');
            continue;
        }
        bool apart = n->cjk_spaces && is_among(bert_cjk, bert_n_cjk, cp);
        if (apart) buffer_putc(out, ' ');
        buffer_append(out, text + i, used);
        if (apart) buffer_putc(out, ' ');
    }
}

static void strip_and_lower(const struct bert_normalizer *n, const char *text, size_t len,
                            struct buffer *out)
{
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = 0;
        used = utf8_decode(text + i, len - i, &cp);
        if (n->strip_accents && is_among(bert_marks, bert_n_marks, cp)) continue;
        if (n->lowercase)
            append_lower(out, cp);
        else
            buffer_append(out, text + i, used);
    }
}

bool bert_normalize(const struct bert_normalizer *n, const char *text, size_t len,
                    struct buffer *out, struct error *err)
{
    struct buffer cleaned = {0}, decomposed = {0};
    bool ok = true;
    clean(n, text, len, &cleaned);
    const struct buffer *last = &cleaned;
    if (n->strip_accents && !cleaned.failed) {
        ok = normalize_nfd(buffer_text(&cleaned), cleaned.len, &decomposed, err);
        last = &decomposed;
    }
    if (ok) strip_and_lower(n, buffer_text(last), last->len, out);
    if (ok && (cleaned.failed || out->failed)) ok = error_memory(err, "a normalized text");
    buffer_free(&cleaned);
    buffer_free(&decomposed);
    return ok;
}

bool bert_words(const char *text, size_t len, pretokenizer_sink *sink, void *context,
                struct error *err)
{
    size_t begin = 0; /* of the word under way */
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = 0;
        used = utf8_decode(text + i, len - i, &cp);
        bool space = text_is_space(cp);
        if (!space && !is_among(bert_punctuation, bert_n_punctuation, cp)) continue;
        if (i > begin && !sink(context, text + begin, i - begin, err)) return false;
        if (!space && !sink(context, text + i, used, err)) return false;
        begin = i + used;
    }
    return len == begin || sink(context, text + begin, len - begin, err);
}

bool bert_normalizer_load(struct bert_normalizer *n, const json_t *object, const char *file,
                          struct error *err)
{
    *n = (struct bert_normalizer){true, true, false, true};
    bool known = json_get_bool(object, file, "clean_text", false, &n->clean_text, err) &&
                 json_get_bool(object, file, "handle_chinese_chars", false, &n->cjk_spaces, err) &&
                 json_get_bool(object, file, "lowercase", false, &n->lowercase, err);
    n->strip_accents = n->lowercase; /* what null, or nothing, means */
    return known && json_get_bool(object, file, "strip_accents", false, &n->strip_accents, err);
}
