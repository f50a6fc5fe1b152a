#include "ingest/qualifier_list.h"

#include "base/buffer.h"
#include "vehicle/registry.h"

#include <string.h>

size_t list_separator(const char *text, size_t len, size_t at)
{
    static const char *const SIGNS[] = {"/", "\u00d7", "|", "&", "+", " x ", " and ", " und ",
                                        " et ", " y ", "\u3001", "\uff0f"};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t n = strlen(SIGNS[i]);
        if (len - at >= n && memcmp(text + at, SIGNS[i], n) == 0) return n;
    }
    return 0;
}

/* The qualifier that begins at t[0]; its tokens; 0: none. */
static size_t qualifier_at(const struct token *t, size_t n, int family, int *qualifier)
{
    const struct term *terms = NULL;
    size_t n_terms = 0, used = registry_match(t, n, &terms, &n_terms);
    for (size_t k = 0; k < n_terms; k++) {
        if (terms[k].kind != TERM_QUALIFIER || terms[k].asking) continue;
        if (family >= 0 && QUALIFIERS[terms[k].id].family != family) continue;
        *qualifier = terms[k].id;
        return used;
    }
    return 0;
}

/* Of "seats up / down": "seats down". The tokens of `t` used; 0: that is no qualifier. */
static size_t completed_at(const char *name, const struct listed_word *first, const struct token *t, size_t n,
                           int family, struct listed_word *out)
{
    enum { COMPLETED_BYTES = 80 };
    char text[COMPLETED_BYTES];
    const char *space = memchr(name + first->begin, ' ', first->end - first->begin);
    size_t lead = space ? (size_t)(space - name) + 1 - first->begin : 0, len = n ? t[0].end - t[0].begin : 0;
    if (!lead || !len || lead + len > sizeof text) return 0;
    memcpy(text, name + first->begin, lead);
    memcpy(text + lead, name + t[0].begin, len);
    struct token own[8];
    size_t n_own = tokens_split(text, lead + len, TOKENS_TEXT, own, 8);
    if (qualifier_at(own, n_own, family, &out->qualifier) != n_own) return 0;
    out->lead = lead;
    return 1;
}

/* Whether nothing but a sign of a list stands in name[begin, end): "/", " | ", "./". */
static bool is_list_sign(const char *name, size_t begin, size_t end)
{
    bool sign = false;
    for (; begin < end; begin++) {
        size_t n = list_separator(name, end, begin);
        if (n) {
            if (sign) return false;
            sign = true;
            begin += n - 1;
        } else if (name[begin] != ' ' && name[begin] != '.') {
            return false;
        }
    }
    return sign;
}

/* The first list of at least two qualifiers of one family, each another; how many. */
static size_t find_listed_words(const char *name, size_t len, struct listed_word out[QUALIFIER_LIST_MAX])
{
    struct token t[24];
    size_t n = tokens_split(name, len, TOKENS_TEXT, t, 24);
    for (size_t i = 0; i + 1 < n && n < 24; i++) {
        size_t found = 0, k = i, used = 0;
        int family = -1;
        while (k < n) {
            struct listed_word w = {.begin = t[k].begin};
            if (found && !is_list_sign(name, t[k - 1].end, t[k].begin)) break;
            used = qualifier_at(t + k, n - k, family, &w.qualifier);
            if (!used && found) used = completed_at(name, &out[0], t + k, n - k, family, &w);
            if (!used) break;
            w.end = t[k + used - 1].end;
            for (size_t j = 0; j < found; j++)
                if (out[j].qualifier == w.qualifier) return 0;
            if (found == QUALIFIER_LIST_MAX) return 0;
            family = QUALIFIERS[w.qualifier].family;
            out[found++] = w;
            k += used;
        }
        if (found > 1) return found;
    }
    return 0;
}

bool qualifier_list_read(struct qualifier_list *out, const char *name, size_t len)
{
    out->n = find_listed_words(name, len, out->words);
    if (out->n < 2) return false;
    size_t before = out->words[0].begin, after = out->words[out->n - 1].end;
    bool open = false;
    while (before && strchr(" ([", name[before - 1])) open |= name[--before] != ' ';
    while (after < len && (name[after] == '.' || (open && strchr(" )]", name[after])))) after++;
    out->bracket = open && after < len && strchr(",;", name[after]);
    while (out->bracket && after < len && strchr(",; ", name[after])) after++;
    out->before = before;
    out->after = after;
    return true;
}

static const char *write_name(const struct qualifier_list *list, const struct listed_word *word, const char *name,
                              size_t len, struct arena *arena)
{
    struct buffer b = {0};
    buffer_append(&b, name, list->before);
    if (word) {
        if (b.len) buffer_putc(&b, ' ');
        buffer_append(&b, name + list->words[0].begin, word->lead);
        buffer_append(&b, name + word->begin, word->end - word->begin);
    }
    if (b.len && list->after < len && name[list->after] != ' ') buffer_putc(&b, ' ');
    if (list->bracket) buffer_putc(&b, '(');
    buffer_append(&b, name + list->after, len - list->after);
    const char *text = b.failed ? NULL : arena_strndup(arena, buffer_text(&b), b.len);
    buffer_free(&b);
    return text;
}

const char *qualifier_list_name(const struct qualifier_list *list, size_t i, const char *name, size_t len, struct arena *arena)
{
    return write_name(list, &list->words[i], name, len, arena);
}

const char *qualifier_list_plain(const struct qualifier_list *list, const char *name, size_t len, struct arena *arena)
{
    return write_name(list, NULL, name, len, arena);
}
