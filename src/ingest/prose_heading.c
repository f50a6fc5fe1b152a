#include "ingest/manual.h"
#include "ingest/prose.h"
#include "ingest/prose_subject.h"
#include "vehicle/registry.h"
#include "vehicle/value.h"

#include <string.h>

enum { HEADING_TOKENS = 40 };

bool prose_is_name(const struct token *t)
{
    return t->upper || t->kind == TOKEN_NUMBER;
}

size_t prose_same_tokens(const struct token *a, size_t n, const struct token *b, size_t m)
{
    size_t i = 0;
    while (i < n && i < m && !strcmp(a[i].key, b[i].key)) i++;
    return i;
}

size_t prose_make(const struct token *t, size_t n, int *make)
{
    return n && t->upper ? make_match(t, n, make) : 0;
}

void prose_subject_tokens(struct prose_subject *subject)
{
    subject->n_model = tokens_split(subject->s.model, strlen(subject->s.model), TOKENS_TEXT,
                                    subject->model, PROSE_MAX_NAME);
    subject->n_trim = tokens_split(subject->s.trim, strlen(subject->s.trim), TOKENS_TEXT,
                                   subject->trim, PROSE_MAX_NAME);
}

/* ---- headings ---- */

bool prose_looks_like_heading(const struct document *d, size_t block)
{
    const struct block *b = &d->blocks[block];
    if (b->kind != BLOCK_PARAGRAPH || b->len == 0 || b->len > 90 || b->line_first != b->line_last)
        return false;
    if (block + 1 >= d->n_blocks || d->blocks[block + 1].kind == BLOCK_HEADING) return false;
    char last = b->text[b->len - 1];
    if (strchr(".!?;,", last)) return false;
    struct token t[16];
    size_t n = tokens_split(b->text, b->len, TOKENS_TEXT, t, 16);
    if (n == 0 || n > 10 || !prose_is_name(&t[0])) return false;
    struct value_part parts[4];
    size_t n_parts = value_scan(b->text, b->len, NUMBER_POINT, parts, 4);
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].unit) return false;
    if (b->text[0] == '-' || b->text[0] == '*') return false;
    int make;
    size_t named = prose_make(t, n, &make); /* "Alfa Romeo Junior: the sports car returns" */
    for (size_t i = 1; i < n; i++)
        if ((t[i].gap & GAP_COLON) && (!named || i <= named)) return false; /* "Seats: 2" */
    const struct block *next = &d->blocks[block + 1];
    return next->kind != BLOCK_PARAGRAPH || next->len > b->len;
}

static uint32_t word(const struct prose_names *names, const struct token *t)
{
    return prose_word(names->lex, t);
}

/* Whether every word names a part of a document or a property: "Engine and performance". */
static bool is_topic(const struct prose_names *names, const struct token *t, size_t n,
                     const char *text, size_t len)
{
    bool all = true;
    for (size_t i = 0; i < n && all; i++)
        all = (word(names, &t[i]) &
               (WORD_TOPIC | WORD_LINK | WORD_AND | WORD_ARTICLE | WORD_PREPOSITION)) ||
              is_document_word(t[i].key) || is_small_word(t[i].key);
    return all || is_section_heading(text, len);
}

/* Whether a word of the heading is used as a name in the text below it: "the Plover has". */
static bool is_spoken_of(const struct prose_names *names, const struct token *t, size_t n,
                         size_t block)
{
    const struct document *d = names->document;
    for (size_t i = 0; i < n; i++) {
        const struct token *w = &t[i];
        if (w->kind != TOKEN_WORD || !w->upper || strlen(w->key) < 2 ||
            (word(names, w) & (WORD_TOPIC | WORD_NO_NAME | WORD_VEHICLE)) ||
            is_document_word(w->key))
            continue;
        size_t seen = 0;
        for (size_t b = block + 1; b < d->n_blocks && b <= block + 3; b++) {
            if (d->blocks[b].kind == BLOCK_HEADING) break;
            struct token text[120];
            size_t m = tokens_split(d->blocks[b].text, d->blocks[b].len, TOKENS_TEXT, text, 120);
            for (size_t k = 0; k + 1 < m; k++) {
                if (strcmp(text[k].key, w->key) != 0 || !text[k].upper) continue;
                bool inside = k > 0 && !(text[k].gap & GAP_STOP);
                bool acts = (word(names, &text[k + 1]) & WORD_VERB) != 0;
                if (inside ? (word(names, &text[k - 1]) & WORD_ARTICLE) || acts : acts) return true;
                seen += inside;
            }
        }
        if (seen >= 2) return true;
    }
    return false;
}

/* Whether the last token range of a heading is its years: "..., 1986-1991", "(since 2018)". Returns
 * the bytes of the heading that stand before them. */
static size_t cut_years(const char *text, size_t len, int *first, int *last)
{
    struct year_reading years;
    *first = *last = 0;
    /* the shortest tail that is nothing but years; a bracketed one first */
    size_t cut = len;
    for (size_t i = len; i-- > 0 && len - i < 48;) {
        bool start = i == 0 || text[i - 1] == ' ' || text[i - 1] == ',' || text[i - 1] == '(' ||
                     text[i - 1] == ';' || text[i - 1] == '[';
        if (!start || text[i] == ' ') continue;
        size_t end = len;
        while (end > i && (text[end - 1] == ')' || text[end - 1] == ']' || text[end - 1] == ' '))
            end--;
        if (!year_read(&years, text + i, end - i) || !years.whole) {
            if (cut < len) break;
            continue;
        }
        *first = years.first;
        *last = years.last;
        cut = i;
    }
    if (cut == len) return len;
    size_t before = cut;
    while (before > 0 && strchr(" ,;(-", text[before - 1])) before--;
    if (before >= 3 &&
        (!memcmp(text + before - 3, "\u2013", 3) || !memcmp(text + before - 3, "\u2014", 3)))
        before -= 3;
    while (before > 0 && strchr(" ,;", text[before - 1])) before--;
    /* "(BG; 1994-1999)": the bracket stays, closed */
    return before;
}

/* A part of the heading as a string; an opened bracket is closed. */
static const char *heading_part(struct arena *a, const char *text, size_t begin, size_t end)
{
    while (begin < end && strchr(" ,:;-", text[begin])) begin++;
    while (end > begin && strchr(" ,:;-", text[end - 1])) end--;
    size_t open = 0;
    for (size_t i = begin; i < end; i++) {
        if (text[i] == '(') open++;
        if (text[i] == ')' && open) open--;
    }
    char *out = arena_alloc(a, end - begin + 2);
    if (!out) return NULL;
    memcpy(out, text + begin, end - begin);
    if (open == 1) out[end - begin] = ')';
    return out;
}

static size_t count_makes(const struct token *t, size_t n)
{
    size_t found = 0;
    int make;
    for (size_t i = 0; i < n;) {
        size_t used = prose_make(t + i, n - i, &make);
        found += used > 0;
        i += used ? used : 1;
    }
    return found;
}

/* A heading that names a version, or the same vehicle again, under its parent. */
static bool read_variant(struct prose_subject *out, const struct prose_names *names,
                         const char *text, size_t len, size_t from)
{
    int first, last;
    size_t end = cut_years(text, len, &first, &last);
    out->s.trim = from < end ? heading_part(names->arena, text, from, end) : "";
    if (!out->s.trim) return false;
    if (first || last) {
        out->s.year_first = first;
        out->s.year_last = last;
    }
    prose_subject_tokens(out);
    return true;
}

static bool has_generation(const struct prose_names *names, const struct token *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word(names, &t[i]) & WORD_GENERATION) return true;
    return false;
}

/* Splits the family's name from an unknown make's vehicle: "Quenby Heron Van". */
static void split_family(struct prose_subject *out, const struct prose_names *names)
{
    size_t from = out->s.make[0] ? 0 : prose_family_length(names->family, out->s.model);
    if (!from) return;
    const char *model = out->s.model;
    out->s.make = arena_strndup(names->arena, model + out->model[0].begin,
                                out->model[0].end - out->model[0].begin);
    out->s.model = model + from;
    if (!out->s.make) out->s.make = "";
    prose_subject_tokens(out);
}

/* "Quenby Plover": two or more words, all of a name. */
static bool is_name_like(const struct prose_names *names, const struct token *t, size_t n)
{
    if (n < 2 || n > 5) return false;
    for (size_t i = 0; i < n; i++)
        if (!prose_is_name(&t[i]) || is_document_word(t[i].key) ||
            (word(names, &t[i]) &
             (WORD_TOPIC | WORD_NO_NAME | WORD_DOCUMENT | WORD_ARTICLE | WORD_PREPOSITION)))
            return false;
    return true;
}

/* Whether the paragraph below a heading has a figure that only vehicles have. */
static bool has_figures(const struct prose_names *names, size_t block)
{
    const struct document *d = names->document;
    if (block + 1 >= d->n_blocks || (d->blocks[block + 1].kind != BLOCK_PARAGRAPH &&
                                     d->blocks[block + 1].kind != BLOCK_LIST_ITEM))
        return false;
    struct value_part parts[16];
    size_t len = d->blocks[block + 1].len < 2000 ? d->blocks[block + 1].len : 2000;
    size_t n = value_scan(d->blocks[block + 1].text, len, NUMBER_POINT, parts, 16);
    for (size_t i = 0; i < n; i++) {
        enum dimension dim = parts[i].unit ? parts[i].unit->dimension : DIMENSION_NONE;
        if (dim == DIMENSION_POWER || dim == DIMENSION_TORQUE || dim == DIMENSION_CONSUMPTION ||
            dim == DIMENSION_EMISSION || dim == DIMENSION_ELECTRIC_CONSUMPTION ||
            dim == DIMENSION_SPEED)
            return true;
    }
    return false;
}

/* "TERN 125 OWNER'S MANUAL", "FERRANT 65 TRACTOR" above "Operator's handbook": what the document is the manual of
 * stands in its first heading. `said`: that heading has a word for documents itself. */
static bool is_document_title(const struct prose_names *names, size_t block, bool said)
{
    const struct document *d = names->document;
    if (block > 0) return false;
    if (said) return true;
    if (d->n_blocks < 3 || d->blocks[1].kind != BLOCK_HEADING) return false;
    struct token t[8];
    size_t n = tokens_split(d->blocks[1].text, d->blocks[1].len, TOKENS_TEXT, t, 8);
    bool all = n > 0 && n < 8;
    for (size_t i = 0; i < n && all; i++)
        all = (word(names, &t[i]) & WORD_DOCUMENT) || is_document_word(t[i].key) || is_small_word(t[i].key) ||
              t[i].kind == TOKEN_NUMBER || !strcmp(t[i].key, "s");
    return all;
}

/* The tokens of a model's name at t[i]: capitals, digits, and small letters that a hyphen or
 * nothing joins
 * ("e-tron", "bZ4X"). */
static size_t title_run(const struct token *t, size_t n, const char *text, size_t i)
{
    size_t k = i;
    while (k < n && k - i < 8) {
        if (k > i && (t[k].gap & (GAP_COMMA | GAP_COLON | GAP_STOP | GAP_OPEN | GAP_CLOSE))) break;
        if (k > i && (t[k].gap & GAP_HYPHEN) && (t[k].gap & GAP_SPACE)) break;
        bool joined = (k > i && (t[k].gap == GAP_HYPHEN || t[k].gap == GAP_NONE)) ||
                      (k + 1 < n && (t[k + 1].gap == GAP_HYPHEN || t[k + 1].gap == GAP_NONE));
        bool inner = false; /* "dCi", "eTSI" behind a name */
        for (size_t b = t[k].begin + 1; k > i && b < t[k].end; b++) inner = inner || (text[b] >= 'A' && text[b] <= 'Z');
        if (!prose_is_name(&t[k]) && !joined && !inner) break;
        k++;
    }
    return k - i;
}

/* "(K9K)" as the end of a title: tokens [at, n) are one word of capitals and digits. */
static bool is_code_in_brackets(const struct token *t, size_t n, const char *text, size_t len, size_t at)
{
    bool letter = false, digit = false;
    if (at >= n || !(t[at].gap & GAP_OPEN) || text[len - 1] != ')' || t[n - 1].end + 1 != len) return false;
    for (size_t i = at; i < n; i++) {
        if (i > at && t[i].gap != GAP_NONE) return false;
        digit = digit || t[i].kind == TOKEN_NUMBER;
        letter = letter || (t[i].kind == TOKEN_WORD && t[i].upper);
    }
    return letter && digit;
}

/* A title with a make at token `at`: "2021 BMW 330e review", "Ford talks about the 2021 F-150". */
static bool read_title(struct prose_subject *out, const struct prose_names *names,
                       const struct token *t, size_t n, const char *text, size_t len, size_t at,
                       size_t used, int make)
{
    size_t from = at + used, run = title_run(t, n, text, from);
    if (run == 0 || (t[from].gap & (GAP_COMMA | GAP_COLON | GAP_STOP | GAP_OPEN))) {
        run = 0; /* behind what the maker does */
        for (from = at + used + 1; from < n && run == 0 && from < at + used + 7; from++)
            if (prose_is_name(&t[from]) &&
                !(t[from].kind == TOKEN_NUMBER && t[from].number >= YEAR_FIRST_EVER &&
                  t[from].number <= YEAR_LAST_EVER) &&
                !(word(names, &t[from]) & (WORD_TOPIC | WORD_NO_NAME)))
                run = title_run(t, n, text, from);
        from -= run > 0;
    }
    while (run > 1 &&
           (word(names, &t[from + run - 1]) & (WORD_DOCUMENT | WORD_VEHICLE | WORD_TOPIC)) &&
           t[from + run - 1].kind == TOKEN_WORD)
        run--; /* "330e Sedan Review" */
    while (run > 1 && t[from + run - 1].kind == TOKEN_NUMBER && strlen(t[from + run - 1].key) == 4 &&
           t[from + run - 1].number >= 1950 && t[from + run - 1].number <= YEAR_LAST_EVER)
        run--; /* "Sandero 1991": read below */
    struct subject s = {.make = "", .model = "", .trim = "", .make_number = make};
    s.make = arena_strndup(names->arena, text + t[at].begin, t[at + used - 1].end - t[at].begin);
    if (!s.make) return false;
    if (run) {
        size_t end = t[from + run - 1].end;
        if (is_code_in_brackets(t, n, text, len, from + run)) end = len; /* as beside a table */
        s.model = arena_strndup(names->arena, text + t[from].begin, end - t[from].begin);
        if (!s.model) return false;
    }
    cut_years(text, len, &s.year_first, &s.year_last);
    for (size_t i = 0; i < from && !s.year_first; i++)
        if (t[i].kind == TOKEN_NUMBER && strlen(t[i].key) == 4 && t[i].number >= YEAR_FIRST_EVER &&
            t[i].number <= YEAR_LAST_EVER)
            s.year_first = s.year_last = (int)t[i].number;
    *out = (struct prose_subject){.s = s, .known = run > 0, .heading = text};
    prose_subject_tokens(out);
    return true;
}

bool prose_heading_read(struct prose_subject *out, enum heading_kind *kind,
                        const struct prose_names *names, const struct prose_subject *parent,
                        const char *text, size_t len, size_t block)
{
    *out = *parent;
    *kind = HEADING_TOPIC;
    struct token t[HEADING_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, HEADING_TOKENS);
    if (n == 0 || n == HEADING_TOKENS) return true;
    /* Of a manual's headings few are names. */
    const struct document *d = names->document;
    size_t code_begin, code_end;
    if (d->n_pages && (manual_is_structure(text, len) ||
                       (manual_is_long(d) && !count_makes(t, n) && !manual_code(text, len, &code_begin, &code_end))))
        return true;
    if (!parent->known && names->document->blocks[block].kind == BLOCK_HEADING &&
        names->document->blocks[0].level < 1 && names->document->blocks[0].kind == BLOCK_HEADING) {
        bool found;
        if (!prose_title_read(out, names, text, len, &found)) return false;
        if (found) {
            *kind = HEADING_VEHICLE;
            split_family(out, names);
            return true;
        }
    }
    if (names->joined) { /* a title of several models: each has its headings */
        bool found = names->joined == block + 1;
        if (found)
            *out = (struct prose_subject){
                .s = {.make = "", .model = "", .trim = "", .make_number = -1}, .heading = text};
        else if (!prose_joined_heading(out, names, text, len, &found))
            return false;
        if (found) {
            out->line = names->document->blocks[block].line_first;
            *kind = HEADING_VEHICLE;
            return true;
        }
    }
    bool from_file = parent->known && !*parent->heading;
    if (from_file && count_makes(t, n)) { /* the title says it better */
        *out = (struct prose_subject){.s = {.make = "", .model = "", .trim = "", .make_number = -1},
                                      .heading = ""};
        struct prose_subject none = *out;
        if (!prose_heading_read(out, kind, names, &none, text, len, block)) return false;
        if (!out->known)
            *out = *parent;
        else if (!out->s.year_first && !out->s.year_last) {
            out->s.year_first = parent->s.year_first;
            out->s.year_last = parent->s.year_last;
        }
        return true;
    }
    size_t kept = n; /* "Swift owner's manual", "F-Type review" */
    while (kept > 1 && t[kept - 1].kind == TOKEN_WORD &&
           ((word(names, &t[kept - 1]) & WORD_DOCUMENT) ||
            (kept > 2 && !strcmp(t[kept - 1].key, "s") && (word(names, &t[kept - 2]) & WORD_DOCUMENT))))
        kept--;
    bool titled = is_document_title(names, block, kept < n);
    if (kept < n) {
        n = kept;
        len = t[n - 1].end;
    }
    size_t lead = 0; /* "2019 Honda Civic", "The new BMW X3" */
    while (lead + 1 < n && ((t[lead].kind == TOKEN_NUMBER && t[lead].number >= YEAR_FIRST_EVER &&
                             t[lead].number <= YEAR_LAST_EVER) ||
                            (word(names, &t[lead]) & (WORD_ARTICLE | WORD_DOCUMENT))))
        lead++;
    size_t line = names->document->blocks[block].line_first, makes = count_makes(t, n);
    if (makes > 1 && parent->known) return true;
    if (makes > 1) { /* a comparison, unless the second is part of the name: "Dodge Ram" */
        int make;
        size_t used = prose_make(t, n, &make);
        if (!used || makes > 2 || !prose_make(t + used, n - used, &make)) return true;
    }
    /* The parent's name again, or a version of it. */
    int make = -1;
    size_t at = 0, used = prose_make(t + lead, n - lead, &make);
    if (parent->known) {
        bool own_make = used && (make == parent->s.make_number || !*parent->s.make);
        if (own_make) at = lead + used;
        size_t model = prose_same_tokens(t + at, n - at, parent->model, parent->n_model);
        bool same = parent->n_model && model == parent->n_model;
        if (same || (!used && (has_generation(names, t, n)))) {
            size_t from = same ? (at + model < n ? t[at + model].begin : len) : 0;
            if (same && from > 0 && from < len && text[from - 1] == '(') from--;
            *kind = HEADING_VARIANT;
            out->line = line;
            out->heading = text;
            return read_variant(out, names, text, len, from);
        }
    }
    size_t first_make = lead;
    while (!used && first_make < n && (!parent->known || first_make == lead)) {
        used = prose_make(t + first_make, n - first_make, &make);
        if (!used) first_make++;
    }
    if (used && !(parent->known && is_topic(names, t, n, text, len))) {
        if (!read_title(out, names, t, n, text, len, first_make, used, make)) return false;
        out->heading = text;
        out->line = line;
        *kind = HEADING_VEHICLE;
        return true;
    }
    if (is_topic(names, t, n, text, len)) return true;
    bool has_digit = false, years = false;
    int first, last;
    size_t named = cut_years(text, len, &first, &last);
    years = first || last;
    for (size_t i = 0; i < n; i++) has_digit = has_digit || t[i].kind == TOKEN_NUMBER;
    bool family = names->family && n > 1 && !strcmp(t[0].key, names->family);
    if (parent->known && !family) {
        /* "JL (2018-present)", "Rubicon 392", "Hybrid": a version where it looks like one */
        bool name = n <= 6 && prose_is_name(&t[0]) && named > 0 &&
                    (years || has_digit || is_spoken_of(names, t, n, block));
        if (!name) return true;
        *kind = HEADING_VARIANT;
        out->line = line;
        out->heading = text;
        return read_variant(out, names, text, len, 0);
    }
    size_t headline = prose_headline(names, t, n);
    if (headline) {
        size_t from = headline;
        while (from < n && !prose_is_name(&t[from])) from++;
        size_t run = title_run(t, n, text, from);
        if (run == 0 || !is_spoken_of(names, t + from, run, block)) return true;
        if (!read_title(out, names, t, n, text, len, 0, 1, -1)) return false;
        if (!out->known) return true;
        out->heading = text;
        out->line = line;
        *kind = HEADING_VEHICLE;
        return true;
    }
    if (n > 8 || !prose_is_name(&t[0])) return true;
    if (!family && !is_spoken_of(names, t, n, block) &&
        !(is_name_like(names, t, n) && (has_figures(names, block) || titled)))
        return true;
    struct subject s;
    if (!subject_read(&s, names->arena, text, len, SUBJECT_HEADING)) return false;
    if (!*s.model) return true;
    *out = (struct prose_subject){.s = s, .known = true, .heading = text, .line = line};
    *kind = HEADING_VEHICLE;
    prose_subject_tokens(out);
    split_family(out, names);
    return true;
}
