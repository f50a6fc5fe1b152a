#include "vehicle/words.h"
#include "vehicle/vehicle.h"

#include <string.h>

bool is_word_byte(char c)
{
    unsigned char b = (unsigned char)c;
    return b >= 0x80 || (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static bool strip_suffix(struct word *w, size_t *len, const char *suffix)
{
    size_t n = strlen(suffix);
    if (*len <= n || memcmp(w->key + *len - n, suffix, n) != 0) return false;
    *len -= n;
    w->key[*len] = '\0';
    w->end -= n;
    return true;
}

bool next_word(const char *text, size_t end, size_t *at, struct word *w)
{
    for (;;) {
        size_t i = *at;
        while (i < end && !is_word_byte(text[i])) i++;
        if (i >= end) return false;
        size_t begin = i;
        while (i < end && (is_word_byte(text[i]) || (strchr("-.+/&#'", text[i]) && i + 1 < end &&
                                                     is_word_byte(text[i + 1]))))
            i++;
        if (i < end && (text[i] == '+' || text[i] == '#')) i++;
        *at = i;
        size_t len = i - begin;
        if (len >= WORD_MAX) continue;
        *w = (struct word){.begin = begin, .end = i};
        for (size_t k = 0; k < len; k++) {
            char c = text[begin + k];
            w->key[k] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        }
        char first = text[begin];
        w->upper = (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');
        w->closed = strip_suffix(w, &len, "'s") || strip_suffix(w, &len, "\xe2\x80\x99s");
        for (size_t k = i; k < end && !is_word_byte(text[k]); k++)
            if (!strchr(" ()\"", text[k])) w->closed = true;
        w->year = year_parse(w->key, len) != 0;
        return true;
    }
}

size_t words_split(const char *text, size_t end, struct word *out, size_t max)
{
    size_t n = 0, at = 0;
    while (n < max && next_word(text, end, &at, &out[n])) n++;
    return n;
}

bool words_have(const char *text, size_t end, const char *key)
{
    struct word w;
    for (size_t at = 0; next_word(text, end, &at, &w);)
        if (strcmp(w.key, key) == 0) return true;
    return false;
}

void words_plain(const char *text, size_t len, struct buffer *out)
{
    buffer_putc(out, ' ');
    bool open = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (is_word_byte(c)) {
            buffer_putc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
            open = true;
        } else if (open) {
            buffer_putc(out, ' ');
            open = false;
        }
    }
    if (open) buffer_putc(out, ' ');
}
