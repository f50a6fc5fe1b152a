#include "ingest/markdown.h"

#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* "[label](target)" at text[at]: the label's end and the whole's; false when it is none. */
static bool find_link(const char *text, size_t len, size_t at, size_t *label_end, size_t *end)
{
    size_t i = at + 1, depth = 1;
    for (; i < len; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '[')
            depth++;
        else if (text[i] == ']' && --depth == 0)
            break;
    }
    if (i + 1 >= len || text[i + 1] != '(') return false;
    const char *close = memchr(text + i, ')', len - i);
    if (!close) return false;
    *label_end = i;
    *end = (size_t)(close - text) + 1;
    return true;
}

/* The character that "&name;" at text stands for; NULL when it is none that we know. */
static const char *entity(const char *text, size_t len, size_t *used)
{
    static const struct {
        const char *name, *text;
    } ENTITIES[] = {{"&amp;", "&"},        {"&lt;", "<"},    {"&gt;", ">"},
                    {"&quot;", "\""},      {"&nbsp;", " "},  {"&#39;", "'"},
                    {"&deg;", "\xc2\xb0"}, {"&ndash;", "-"}, {"&mdash;", "-"}};
    for (size_t i = 0; i < sizeof ENTITIES / sizeof *ENTITIES; i++) {
        size_t n = strlen(ENTITIES[i].name);
        if (n > len || memcmp(text, ENTITIES[i].name, n) != 0) continue;
        *used = n;
        return ENTITIES[i].text;
    }
    return NULL;
}

/* The bytes of an HTML tag at text ("<br/>", "</sup>", "<!-- x -->"); 0 when it is none. */
static size_t tag_length(const char *text, size_t len)
{
    if (len < 3) return 0;
    if (len >= 7 && memcmp(text, "<!--", 4) == 0) {
        const char *close = memmem(text, len, "-->", 3);
        return close ? (size_t)(close - text) + 3 : 0;
    }
    bool letter = (text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z');
    if (!letter && text[1] != '/') return 0;
    const char *close = memchr(text, '>', len);
    return close ? (size_t)(close - text) + 1 : 0;
}

void markdown_inline(const char *text, size_t len, struct buffer *out)
{
    size_t skip_to = 0, skip_end = 0; /* of a link: behind its label, go on behind its target */
    for (size_t i = 0; i < len;) {
        if (skip_end && i == skip_to) {
            i = skip_end;
            skip_end = 0;
            continue;
        }
        char c = text[i];
        size_t label_end, end, n;
        const char *e;
        if (c == '\\' && i + 1 < len && !is_word(text[i + 1])) {
            buffer_putc(out, text[i + 1]);
            i += 2;
        } else if (c == '`') {
            i++;
        } else if (c == '*' || (c == '_' && !(i > 0 && i + 1 < len && is_word(text[i - 1]) &&
                                              is_word(text[i + 1])))) {
            size_t run = i;
            while (run < len && text[run] == c) run++;
            bool space_before = i == 0 || text[i - 1] == ' ';
            bool space_behind = run == len || text[run] == ' ';
            if (space_before && space_behind) buffer_append(out, text + i, run - i);
            i = run;
        } else if ((c == '[' || (c == '!' && i + 1 < len && text[i + 1] == '[')) && !skip_end &&
                   find_link(text, len, c == '!' ? i + 1 : i, &label_end, &end)) {
            skip_to = label_end;
            skip_end = end;
            i += c == '!' ? 2 : 1;
        } else if (c == '&' && (e = entity(text + i, len - i, &n))) {
            buffer_puts(out, e);
            i += n;
        } else if (c == '<' && (n = tag_length(text + i, len - i))) {
            if (n >= 4 && strncasecmp(text + i, "<br", 3) == 0) buffer_putc(out, ' ');
            i += n;
        } else {
            buffer_putc(out, c == '\t' ? ' ' : c);
            i++;
        }
    }
}
