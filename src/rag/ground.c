#include "rag/ground.h"
#include "base/buffer.h"
#include "rag/attribute.h"
#include "rag/verify.h"
#include "rag/words.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 160 };

/* Words with single spaces between and around them, as attribute_expand takes them: without
 * punctuation, in lower case. */
static void plain_words(const char *text, size_t len, struct buffer *out)
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

/* ---- one line against what is asked ---- */

struct search {
    const char *line; /* plain words */
    bool found;
};

static void look_for(void *context, const char *name)
{
    struct search *s = context;
    char padded[64];
    size_t n = strlen(name);
    if (s->found || n + 3 > sizeof padded) return;
    padded[0] = ' ';
    memcpy(padded + 1, name, n);
    memcpy(padded + 1 + n, " ", 2);
    s->found = strstr(s->line, padded) != NULL;
}

/* Length without a plural s. */
static size_t stem(const char *word, size_t n)
{
    return n > 3 && word[n - 1] == 's' && word[n - 2] != 's' ? n - 1 : n;
}

static bool line_has(const char *line, const char *word, size_t n)
{
    n = stem(word, n);
    for (const char *p = line + 1; *p;) {
        size_t len = strcspn(p, " ");
        if (stem(p, len) == n && memcmp(p, word, n) == 0) return true;
        p += len + (p[len] == ' ');
    }
    return false;
}

/* Whether a word of the plain text, other than the vehicle's and those that say nothing, stands in
 * the line, or a name of an attribute that the text names. */
static bool shares(const char *text, const char *vehicle, const char *line)
{
    for (const char *p = text + 1; *p;) {
        size_t len = strcspn(p, " ");
        char word[WORD_MAX];
        if (len < sizeof word) {
            memcpy(word, p, len);
            word[len] = '\0';
            if (!is_stop_word(word) && !line_has(vehicle, word, len) && line_has(line, word, len))
                return true;
        }
        p += len + (p[len] == ' ');
    }
    struct search s = {.line = line};
    attribute_expand(text, look_for, &s);
    return s.found;
}

/* ---- the lines that hold a value ---- */

static bool ends_sentence(const char *p)
{
    return (p[0] == '.' && p[1] == ' ' && p[2] >= 'A' && p[2] <= 'Z') ||
           (p[0] == ';' && p[1] == ' ');
}

static const char *find_value(const char *line, size_t len, const char *value, size_t n)
{
    for (size_t i = 0; n && i + n <= len; i++) {
        if (memcmp(line + i, value, n) != 0) continue;
        bool left = i > 0 && is_word_byte(line[i - 1]) && is_word_byte(value[0]);
        bool right = i + n < len && is_word_byte(line[i + n]) && is_word_byte(value[n - 1]);
        if (!left && !right) return line + i;
    }
    return NULL;
}

/* Whether a line of the passage holds the value and is about what is asked. */
static bool stands(const struct passage *p, const char *value, size_t n, const char *asked,
                   const char *said, const char *vehicle)
{
    bool found = false;
    for (const char *line = p->text; *line && !found;) {
        size_t len = 0;
        while (line[len] && line[len] != '\n' && !ends_sentence(line + len)) len++;
        const char *at = find_value(line, len, value, n);
        if (at) {
            struct buffer rest = {0};
            plain_words(line, (size_t)(at - line), &rest);
            if (rest.len > 1) rest.len--; /* one space where the value stood */
            plain_words(at + n, len - (size_t)(at - line) - n, &rest);
            const char *text = buffer_text(&rest);
            found = !rest.failed && (shares(asked, vehicle, text) || shares(said, vehicle, text));
            buffer_free(&rest);
        }
        line += len + (line[len] != '\0');
    }
    return found;
}

static bool statement_stands(const char *begin, const char *is, const char *value, size_t n,
                             const char *question, const struct passage *p)
{
    struct buffer asked = {0}, said = {0}, vehicle = {0};
    plain_words(question, strlen(question), &asked);
    plain_words(p->title, strlen(p->title), &vehicle);
    /* "The towing capacity of the 2023 ...": the attribute is what stands before " of the". */
    const char *of = begin;
    for (const char *q = begin; q < is; q++)
        if (strncmp(q, " of the ", 8) == 0) {
            of = q;
            break;
        }
    plain_words(begin, (size_t)((of > begin ? of : is) - begin), &said);
    if (of > begin)
        plain_words(of + 8, (size_t)(is - of) - (size_t)(is - of >= 8 ? 8 : is - of), &vehicle);
    bool ok = false;
    if (!asked.failed && !said.failed && !vehicle.failed) {
        const char *a = buffer_text(&asked), *s = buffer_text(&said), *v = buffer_text(&vehicle);
        ok = stands(p, value, n, a, s, v);
        /* "203 hp" of "Horsepower (hp): 203", "$41,000" of "Price (USD): 41,000". */
        size_t number = strcspn(value, " ");
        if (!ok && number < n) ok = stands(p, value, number, a, s, v);
        if (!ok && n > 1 && strchr("$", value[0])) ok = stands(p, value + 1, n - 1, a, s, v);
    }
    buffer_free(&asked);
    buffer_free(&said);
    buffer_free(&vehicle);
    return ok;
}

bool ground_answer(const char *text, const char *question, const struct passage *passages,
                   size_t n_passages)
{
    if (answer_is_refusal(text)) return true;
    const char *begin = text;
    size_t statements = 0;
    for (const char *open; (open = strchr(begin, '[')); statements++) {
        char *close;
        size_t number = strtoul(open + 1, &close, 10);
        if (*close != ']' || number < 1 || number > n_passages) return false;
        const char *is = NULL;
        for (const char *p = begin; p + 4 < open && !is; p++)
            if (strncmp(p, " is ", 4) == 0) is = p;
        if (!is) return false;
        const char *value = is + 4;
        size_t n = (size_t)(open - value);
        while (n && value[n - 1] == ' ') n--;
        if (!n || !statement_stands(begin, is, value, n, question, &passages[number - 1]))
            return false;
        begin = close + 1;
    }
    return statements > 0;
}

const char *ground_refusal(const char *text, const char *name, struct arena *arena)
{
    struct buffer b = {0};
    const char *is = strstr(text, " is ");
    if (is && strncmp(text, "The ", 4) == 0 && strstr(text, " of the ") &&
        strstr(text, " of the ") < is)
        buffer_printf(&b, "The passages do not give the %.*s.", (int)(is - text - 4), text + 4);
    else
        buffer_printf(&b, "The passages do not give this of the %s.", name);
    const char *out = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return out;
}
