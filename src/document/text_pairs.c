#include "document/text_pairs.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NAME_BYTES = 80,
    NAME_WORDS = 9,
    VALUE_BYTES = 200,
    SHORT_NAME_WORDS = 5, /* before a gap or a dash, which part other things too */
    DASH_VALUE_BYTES = 80,
    SENTENCE_BYTES = 60, /* a value longer than this that holds a whole sentence is prose */
};

/* ---- one pair ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A letter of any script: all that is not ASCII counts. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xc3;
}

static bool starts_with(const char *text, size_t len, const char *prefix)
{
    size_t n = strlen(prefix);
    return len >= n && memcmp(text, prefix, n) == 0;
}

static bool has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (is_digit(text[i])) return true;
    return false;
}

static size_t count_words(const char *text, size_t len)
{
    size_t words = 0;
    bool inside = false;
    for (size_t i = 0; i < len; i++) {
        bool space = text[i] == ' ' || text[i] == '\t' || text[i] == '\n';
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

/* A full stop or the like with another sentence behind it, or at the end of a longer text. */
static bool has_sentence(const char *text, size_t len)
{
    for (size_t i = 1; i + 2 < len; i++)
        if ((text[i] == '.' || text[i] == '!' || text[i] == '?') &&
            (text[i + 1] == ' ' || text[i + 1] == '\n') && is_letter(text[i - 1]) &&
            text[i + 2] >= 'A' && text[i + 2] <= 'Z')
            return true;
    return len > 0 && text[len - 1] == '.' && count_words(text, len) > 8;
}

/* Another of the dashes that part names from values: then it is a list of things. */
static bool has_dash(const char *text, size_t len)
{
    for (size_t i = 0; i + 2 < len; i++)
        if (text[i] == ' ' && (starts_with(text + i + 1, len - i - 1, "- ") ||
                               starts_with(text + i + 1, len - i - 1, "– ") ||
                               starts_with(text + i + 1, len - i - 1, "— ")))
            return true;
    return false;
}

static bool is_name(const char *text, size_t len)
{
    if (len == 0 || len > NAME_BYTES || count_words(text, len) > NAME_WORDS) return false;
    if (!is_letter(text[0]) && !is_digit(text[0]) && text[0] != '(' && text[0] != '#') return false;
    bool letter = len >= 4 && is_digit(text[0]) && memchr(text, '-', len) != NULL; /* "0-60" */
    for (size_t i = 0; i < len; i++) {
        letter = letter || is_letter(text[i]);
        if (strchr("{}<>=\\", text[i]) || (text[i] == '/' && i + 1 < len && text[i + 1] == '/'))
            return false; /* code, an address */
        if ((text[i] == '.' || text[i] == '?' || text[i] == '!' || text[i] == ';') && i + 1 < len &&
            text[i + 1] == ' ' && i > 3 && count_words(text, i) > 2)
            return false; /* a sentence ends inside it */
    }
    return letter;
}

static bool is_value(const char *text, size_t len)
{
    if (len == 0 || len > VALUE_BYTES) return false;
    return len <= SENTENCE_BYTES || !has_sentence(text, len);
}

size_t leader_length(const char *text, size_t len, size_t at)
{
    size_t i = at, marks = 0;
    char first = text[at];
    if (first != '.' && first != '_' && !starts_with(text + at, len - at, "…") &&
        !starts_with(text + at, len - at, "·"))
        return 0;
    while (i < len) {
        if (first == '.' || first == '_') {
            if (text[i] == first) {
                marks++;
                i++;
                continue;
            }
        } else if (starts_with(text + i, len - i, "…")) {
            marks += 3;
            i += 3;
            continue;
        } else if (starts_with(text + i, len - i, "·")) {
            marks++;
            i += 2;
            continue;
        }
        /* ". . . ." */
        if (text[i] == ' ' && i + 1 < len && text[i + 1] == first && first == '.') {
            i++;
            continue;
        }
        break;
    }
    /* Three dots alone are an ellipsis where they touch a word. */
    if (marks == 3)
        return i + 1 < len && text[i] == ' ' &&
                       ((at > 0 && text[at - 1] == ' ') || text[i + 1] == ' ')
                   ? i - at
                   : 0;
    return marks > 3 ? i - at : 0;
}

bool leaders_fold(const char *text, size_t len, struct buffer *out)
{
    size_t start = out->len;
    bool between = false;
    for (size_t i = 0; i < len;) {
        size_t n = leader_length(text, len, i), end = i + n;
        /* Three dots at the end of a cell lead to the next one. */
        if (!n && len - i >= 3 && memcmp(text + i, "...", 3) == 0) {
            size_t k = i + 3;
            while (k < len && text[k] == ' ') k++;
            if (k == len) n = len - i, end = len;
        }
        if (!n) {
            buffer_putc(out, text[i++]);
            continue;
        }
        while (end < len && text[end] == ' ') end++;
        while (out->len > start && out->data[out->len - 1] == ' ') out->len--;
        bool before = out->len > start && out->data[out->len - 1] != '\n';
        if (end < len && text[end] != '\n' && text[end] != ';') {
            buffer_puts(out, before ? " .... " : "");
            between |= before;
        }
        i = end;
    }
    if (out->data) out->data[out->len] = '\0';
    return between;
}

/* Length of the gap at text[at] that parts a name from its value: a tab, two spaces, an ideographic
 * space. */
static size_t gap_length(const char *text, size_t len, size_t at)
{
    size_t i = at, spaces = 0;
    bool wide = false;
    while (i < len) {
        if (text[i] == '\t') {
            wide = true;
            i++;
        } else if (text[i] == ' ') {
            spaces++;
            i++;
        } else if (starts_with(text + i, len - i, "\xe3\x80\x80")) {
            wide = true;
            i += 3;
        } else {
            break;
        }
    }
    return wide || spaces >= 2 ? i - at : 0;
}

static bool pair_between(struct pair *out, enum pair_form form, const char *text, size_t name_end,
                         size_t value_begin, size_t len)
{
    size_t from = 0;
    *out = (struct pair){.form = form};
    span_trim(text, &from, &name_end);
    span_trim(text, &value_begin, &len);
    out->name_begin = from;
    out->name_end = name_end;
    out->value_begin = value_begin;
    out->value_end = len;
    return from < name_end && is_name(text + from, name_end - from) &&
           is_value(text + value_begin, len - value_begin);
}

/* The length of a colon at text[at] that may part a name from a value; 0: none. */
static size_t colon_length(const char *text, size_t len, size_t at)
{
    if (starts_with(text + at, len - at, "：")) return 3;
    if (text[at] != ':' || at == 0) return 0;
    if (at + 1 == len || text[at + 1] == ' ' || text[at + 1] == '\t' || text[at + 1] == '\n')
        return 1;
    /* "Power:203 hp", but neither "10:30" nor "https://" nor "std::vector" */
    return is_letter(text[at - 1]) && (is_digit(text[at + 1]) || text[at + 1] == '$') ? 1 : 0;
}

static bool pair_find(const char *text, size_t len, struct pair *out)
{
    size_t limit = len < NAME_BYTES + 8 ? len : NAME_BYTES + 8;
    size_t brackets = 0;
    for (size_t i = 1; i < limit; i++) {
        size_t n = colon_length(text, len, i);
        if (text[i] == '(' || text[i] == '[') brackets++;
        if ((text[i] == ')' || text[i] == ']') && brackets) brackets--;
        if (n && !brackets) return pair_between(out, PAIR_COLON, text, i, i + n, len);
    }
    for (size_t i = 1; i < limit; i++) {
        size_t n = leader_length(text, len, i);
        if (!n) continue;
        if (pair_between(out, PAIR_LEADER, text, i, i + n, len)) return true;
        i += n - 1;
    }
    for (size_t i = 1; i < limit; i++) {
        size_t n = gap_length(text, len, i);
        if (!n) continue;
        /* A second gap: a row of a wider table, or justified text. */
        for (size_t k = i + n; k + 1 < len; k++)
            if (gap_length(text, len, k)) return false;
        /* Some put two spaces behind a full stop. */
        bool short_word = i > 2 && (strncasecmp(text + i - 3, "no.", 3) == 0 || strncasecmp(text + i - 3, "nr.", 3) == 0);
        if (!short_word && (text[i - 1] == '.' || text[i - 1] == '!' || text[i - 1] == '?')) return false;
        return pair_between(out, PAIR_GAP, text, i, i + n, len) &&
               count_words(text, i) <= SHORT_NAME_WORDS;
    }
    for (size_t i = 1; i + 3 < limit; i++) {
        size_t n = starts_with(text + i, len - i, " - ") ? 3
                   : starts_with(text + i, len - i, " – ") || starts_with(text + i, len - i, " — ")
                       ? 5
                   : starts_with(text + i, len - i, " = ") ? 3
                                                           : 0;
        if (n == 0) continue;
        return pair_between(out, PAIR_DASH, text, i, i + n, len) &&
               count_words(text, i) <= SHORT_NAME_WORDS && len - i - n <= DASH_VALUE_BYTES &&
               !has_sentence(text + i + n, len - i - n) && !has_dash(text + i + n, len - i - n);
    }
    return false;
}

/* Length of a sign at text[at] that may part pairs on one line. */
static size_t separator_length(const char *text, size_t len, size_t at)
{
    if (text[at] == ';') return at + 1 < len && text[at + 1] == ' ' ? 2 : 1;
    if (text[at] == '\n') return 1;
    if (starts_with(text + at, len - at, ", ")) return 2;
    if (starts_with(text + at, len - at, " | ") || starts_with(text + at, len - at, " / "))
        return 3;
    if (starts_with(text + at, len - at, " • ")) return 5;
    if (starts_with(text + at, len - at, " · ")) return 4;
    return text[at] == ' ' || text[at] == '\t' ? gap_length(text, len, at) : 0;
}

/* "Power | 300 hp": a bar between name and value, where semicolons part the pairs. */
static bool bar_find(const char *text, size_t len, struct pair *out)
{
    const char *bar = memchr(text, '|', len);
    size_t at = bar ? (size_t)(bar - text) : 0;
    if (at < 2 || at + 2 >= len || text[at - 1] != ' ' || text[at + 1] != ' ' || memchr(bar + 1, '|', len - at - 1))
        return false;
    return pair_between(out, PAIR_COLON, text, at, at + 1, len);
}

/* "Engine; 2.0 L; Seats; 5; ...": names and values in turn, at least three of each, most values with figures and
 * few names that begin with one. */
static size_t alternating_pairs(const char *text, size_t len, struct pair *out, size_t max)
{
    size_t n = 0, figures = 0, numbers = 0, begin = 0, parts = 0;
    struct pair p = {0};
    while (begin < len) {
        size_t end = begin;
        while (end < len && !(text[end] == ';' && (end + 1 == len || text[end + 1] == ' '))) end++;
        size_t from = begin, stop = end;
        span_trim(text, &from, &stop);
        if (from >= stop) return 0;
        if (parts++ % 2 == 0) {
            struct pair own;
            if (!is_name(text + from, stop - from) || pair_find(text + from, stop - from, &own)) return 0;
            p = (struct pair){.form = PAIR_COLON, .name_begin = from, .name_end = stop};
            numbers += is_digit(text[from]);
        } else {
            if (n == max || !is_value(text + from, stop - from)) return 0;
            p.value_begin = from;
            p.value_end = stop;
            figures += has_digit(text + from, stop - from);
            out[n++] = p;
        }
        begin = end + 1;
    }
    return parts % 2 == 0 && n >= 3 && figures * 2 >= n && numbers * 3 <= n ? n : 0;
}

/* "**Seats:** 5", an item of a Markdown list: the pair in the marks. */
static bool bold_find(const char *text, size_t len, struct pair *out)
{
    if (len < 6 || memcmp(text, "**", 2) != 0) return false;
    const char *close = memmem(text + 2, len - 2, "**", 2);
    size_t end = close ? (size_t)(close - text) : 0;
    if (end < 3) return false;
    size_t value = end + 2, name = end;
    if (text[name - 1] == ':') name--;
    else if (value < len && text[value] == ':') value++;
    else return false;
    if (!pair_between(out, PAIR_COLON, text + 2, name - 2, value - 2, len - 2)) return false;
    out->name_begin += 2;
    out->name_end += 2;
    out->value_begin += 2;
    out->value_end += 2;
    return true;
}

/* Three or more pairs of one form with semicolons between them, whatever parts name and value:
 * "Bore | 3.2 in; Class | SUV; ...", "* Seats - 5; * Doors - 4; ...". So many alike are no prose. */
static size_t semicolon_pairs(const char *text, size_t len, struct pair *out, size_t max)
{
    size_t n = 0;
    for (size_t begin = 0; begin < len && n < max;) {
        size_t end = begin;
        while (end < len && !(text[end] == ';' && (end + 1 == len || text[end + 1] == ' '))) end++;
        size_t from = begin, stop = end;
        span_trim(text, &from, &stop);
        if (stop - from > 2 && strchr("-*+", text[from]) && text[from + 1] == ' ') from += 2;
        struct pair p;
        if (from >= stop) return 0;
        if (!bold_find(text + from, stop - from, &p) && !bar_find(text + from, stop - from, &p) &&
            !pair_find(text + from, stop - from, &p))
            return alternating_pairs(text, len, out, max);
        p.name_begin += from;
        p.name_end += from;
        p.value_begin += from;
        p.value_end += from;
        if (n && p.form != out[0].form) return 0;
        out[n++] = p;
        begin = end + 1;
        while (begin < len && text[begin] == ' ') begin++;
        if (begin < len && n == max) return 0;
    }
    if (n < 3) return 0;
    for (size_t i = 0; i < n; i++) out[i].form = PAIR_COLON;
    return n;
}

size_t pairs_find(const char *text, size_t len, struct pair *out, size_t max)
{
    if (len > (size_t)PAIRS_MAX * (NAME_BYTES + VALUE_BYTES) || max == 0) return 0;
    if (memchr(text, ';', len)) {
        struct pair all[PAIRS_MAX];
        size_t several = semicolon_pairs(text, len, all, PAIRS_MAX);
        if (several > max) several = max;
        memcpy(out, all, several * sizeof *out);
        if (several) return several;
    }
    /* Several: each part behind a separator begins with a name of its own; what does not belongs to
     * the value before it ("Colours: red, white, blue"). */
    size_t n = 0, begin = 0, i = 0;
    struct pair p;
    while (begin < len && n < max) {
        size_t behind = len, next = len;
        for (i = begin + 1; i < len; i++) {
            size_t s = separator_length(text, len, i);
            if (s == 0 || i + s >= len) continue;
            /* Only as far as a name may reach: a colon has to come before the next separator. */
            size_t k = i + s, colon = 0;
            while (k < len && k < i + s + NAME_BYTES && !colon && !separator_length(text, len, k)) {
                colon = k > i + s ? colon_length(text, len, k) : 0;
                k++;
            }
            if (colon && is_name(text + i + s, k - 1 - (i + s)) &&
                pair_find(text + begin, i - begin, &p)) {
                behind = i;
                next = i + s;
                break;
            }
            i += s - 1;
        }
        if (!pair_find(text + begin, behind - begin, &p)) return 0;
        if (next < len && p.form != PAIR_COLON) return 0;
        p.name_begin += begin;
        p.name_end += begin;
        p.value_begin += begin;
        p.value_end += begin;
        out[n++] = p;
        begin = next;
    }
    return begin >= len ? n : 0;
}

size_t text_piece_source(const struct text_piece *pieces, size_t n, size_t at)
{
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    if (n == 0) return 0;
    size_t source = pieces[low].begin + (at - pieces[low].at);
    /* What is longer in the text than in the document (an entity) ends where the next piece begins.
     */
    return low + 1 < n && source > pieces[low + 1].begin ? pieces[low + 1].begin : source;
}

/* ---- runs ---- */

struct pair_entry {
    enum block_kind kind;
    int level;
    enum pair_form form;
    size_t text, len;                                    /* in list->text */
    size_t name_begin, name_end, value_begin, value_end; /* in list->text */
    size_t name_source, value_source;
    size_t line_first, line_last, begin, end;
    bool first; /* of its block's pairs */
    bool alone, sole;
};

void pair_list_init(struct pair_list *list, struct document_reader *r)
{
    *list = (struct pair_list){.reader = r};
}

void pair_list_free(struct pair_list *list)
{
    buffer_free(&list->text);
    buffer_free(&list->caption);
    free(list->entries);
    pair_list_init(list, list->reader);
}

static struct pair_entry *new_entry(struct pair_list *list)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 32;
        struct pair_entry *entries = realloc(list->entries, cap * sizeof *entries);
        if (!entries) {
            list->reader->failed = true;
            return NULL;
        }
        list->entries = entries;
        list->cap = cap;
    }
    return &list->entries[list->n++];
}

bool pair_list_add(struct pair_list *list, const struct pair_block *b)
{
    struct pair pairs[PAIRS_MAX];
    size_t n = pairs_find(b->text, b->len, pairs, PAIRS_MAX);
    if (n == 0) return false;
    if (list->n) {
        const struct pair_entry *last = &list->entries[list->n - 1];
        if (last->kind != b->kind || last->level != b->level ||
            (last->form == PAIR_DASH) != (pairs[0].form == PAIR_DASH))
            pair_list_flush(list);
    }
    /* The first name once more begins another record. */
    if (list->n > 1) {
        const struct pair_entry *e = &list->entries[0];
        size_t len = e->name_end - e->name_begin;
        if (len == pairs[0].name_end - pairs[0].name_begin &&
            strncasecmp(list->text.data + e->name_begin, b->text + pairs[0].name_begin, len) == 0)
            pair_list_flush(list);
    }
    size_t text = list->text.len;
    buffer_append(&list->text, b->text, b->len);
    if (list->text.failed) {
        list->reader->failed = true;
        return true;
    }
    for (size_t i = text; i < list->text.len; i++)
        if (list->text.data[i] == '\n') list->text.data[i] = ' ';
    for (size_t i = 0; i < n; i++) {
        struct pair_entry *e = new_entry(list);
        if (!e) break;
        *e = (struct pair_entry){
            .kind = b->kind,
            .level = b->level,
            .form = pairs[i].form,
            .text = text,
            .len = b->len,
            .name_begin = text + pairs[i].name_begin,
            .name_end = text + pairs[i].name_end,
            .value_begin = text + pairs[i].value_begin,
            .value_end = text + pairs[i].value_end,
            .name_source = text_piece_source(b->pieces, b->n_pieces, pairs[i].name_begin),
            .value_source = text_piece_source(b->pieces, b->n_pieces, pairs[i].value_begin),
            .line_first = b->line_first,
            .line_last = b->line_last,
            .begin = b->begin,
            .end = b->end,
            .first = i == 0,
            .alone = b->alone,
            .sole = b->sole,
        };
    }
    return true;
}

/* Whether the run is a table: at least two pairs; with dashes, which stand for much else, most have
 * to give figures. */
static bool run_is_table(const struct pair_list *list)
{
    size_t figures = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct pair_entry *e = &list->entries[i];
        figures += has_digit(list->text.data + e->value_begin, e->value_end - e->value_begin);
    }
    if (list->entries[0].form == PAIR_DASH) return list->n >= 2 && figures * 2 >= list->n;
    const struct pair_entry *e = &list->entries[0];
    const char *value = list->text.data + e->value_begin;
    size_t len = e->value_end - e->value_begin;
    bool sole = e->sole && !has_sentence(value, len) && value[len - 1] != '.';
    return list->n >= 2 || (e->alone && figures) || sole;
}

void pair_list_flush(struct pair_list *list)
{
    struct document_reader *r = list->reader;
    if (list->n == 0 || list->text.failed || r->failed) {
        list->n = 0;
        buffer_clear(&list->text);
        return;
    }
    const char *text = list->text.data;
    if (run_is_table(list)) {
        struct table_builder t;
        table_builder_init(&t, r);
        for (size_t i = 0; i < list->n; i++) {
            const struct pair_entry *e = &list->entries[i];
            table_builder_add_row(&t, e->line_first);
            table_builder_add_cell(&t, text + e->name_begin, e->name_end - e->name_begin,
                                   e->line_first, e->name_source);
            table_builder_add_cell(&t, text + e->value_begin, e->value_end - e->value_begin,
                                   e->line_first, e->value_source);
        }
        const struct pair_entry *first = &list->entries[0], *last = &list->entries[list->n - 1];
        struct table *table =
            table_builder_end(&t, buffer_text(&list->caption), list->caption.len, ROW_LINE, 0,
                              first->line_first, last->line_last, first->begin, last->end);
        if (table) table->key_value = true;
        table_builder_free(&t);
    } else {
        for (size_t i = 0; i < list->n; i++) {
            const struct pair_entry *e = &list->entries[i];
            if (e->first)
                reader_add_block(r, e->kind, e->level, text + e->text, e->len, e->line_first,
                                 e->line_last, e->begin, e->end);
        }
    }
    list->n = 0;
    buffer_clear(&list->text);
}

void pair_list_not_alone(struct pair_list *list)
{
    if (list->n == 1) list->entries[0].alone = false;
}

void pair_list_caption(struct pair_list *list, const char *caption, size_t len)
{
    if (len == list->caption.len && memcmp(caption, buffer_text(&list->caption), len) == 0) return;
    pair_list_flush(list);
    buffer_clear(&list->caption);
    buffer_append(&list->caption, caption, len);
    if (list->caption.failed) list->reader->failed = true;
}
