#include "ingest/prose_subject.h"

#include "ingest/prose_measures.h"
#include "vehicle/registry.h"

#include <stdlib.h>
#include <string.h>

enum { HEADING_TOKENS = 40, FAMILY_HEADINGS = 2 };

/* ---- words of names ---- */

static bool is_name_token(const struct token *t)
{
    return t->upper || t->kind == TOKEN_NUMBER;
}

static bool close_gap(const struct token *t)
{
    return (t->gap & ~(unsigned)(GAP_SPACE | GAP_HYPHEN)) == 0 &&
           t->gap != (GAP_SPACE | GAP_HYPHEN);
}

static size_t same_tokens(const struct token *a, size_t n, const struct token *b, size_t m)
{
    size_t i = 0;
    while (i < n && i < m && !strcmp(a[i].key, b[i].key)) i++;
    return i;
}

static bool has_token(const struct token *t, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(t[i].key, key)) return true;
    return false;
}

/* The make at t[0, n), written as a name. */
static size_t name_make(const struct token *t, size_t n, int *make)
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
    if (b->kind != BLOCK_PARAGRAPH || b->len == 0 || b->len > 90 || b->line_first != b->line_last) return false;
    if (block + 1 >= d->n_blocks || d->blocks[block + 1].kind == BLOCK_HEADING) return false;
    char last = b->text[b->len - 1];
    if (strchr(".!?;,", last)) return false;
    struct token t[16];
    size_t n = tokens_split(b->text, b->len, TOKENS_TEXT, t, 16);
    if (n == 0 || n > 10 || !is_name_token(&t[0])) return false;
    struct value_part parts[4];
    size_t n_parts = value_scan(b->text, b->len, NUMBER_POINT, parts, 4);
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].unit) return false;
    if (b->text[0] == '-' || b->text[0] == '*') return false;
    for (size_t i = 1; i < n; i++)
        if (t[i].gap & GAP_COLON) return false; /* "Seats: 2" */
    const struct block *next = &d->blocks[block + 1];
    return next->kind != BLOCK_PARAGRAPH || next->len > b->len;
}

static uint32_t word(const struct prose_names *names, const struct token *t)
{
    return prose_word(names->lex, t);
}

/* Whether every word names a part of a document or a property: "Engine and performance". */
static bool is_topic(const struct prose_names *names, const struct token *t, size_t n, const char *text, size_t len)
{
    bool all = true;
    for (size_t i = 0; i < n && all; i++)
        all = (word(names, &t[i]) & (WORD_TOPIC | WORD_LINK | WORD_AND | WORD_ARTICLE | WORD_PREPOSITION)) ||
              is_document_word(t[i].key) || is_small_word(t[i].key);
    return all || is_section_heading(text, len);
}

/* Whether a word of the heading is used as a name in the text below it: "the Plover has". */
static bool is_spoken_of(const struct prose_names *names, const struct token *t, size_t n, size_t block)
{
    const struct document *d = names->document;
    for (size_t i = 0; i < n; i++) {
        const struct token *w = &t[i];
        if (w->kind != TOKEN_WORD || !w->upper || strlen(w->key) < 2 ||
            (word(names, w) & (WORD_TOPIC | WORD_NO_NAME | WORD_VEHICLE)) || is_document_word(w->key))
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

/* Whether the last token range of a heading is its years: "..., 1986-1991", "(since 2018)". Returns the
 * bytes of the heading that stand before them. */
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
        while (end > i && (text[end - 1] == ')' || text[end - 1] == ']' || text[end - 1] == ' ')) end--;
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
    if (before >= 3 && (!memcmp(text + before - 3, "\u2013", 3) || !memcmp(text + before - 3, "\u2014", 3)))
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
        size_t used = name_make(t + i, n - i, &make);
        found += used > 0;
        i += used ? used : 1;
    }
    return found;
}

/* A heading that names a version, or the same vehicle again, under its parent. */
static bool read_variant(struct prose_subject *out, const struct prose_names *names, const char *text,
                         size_t len, size_t from)
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
    if (out->s.make[0] || !names->family) return;
    size_t n = strlen(names->family);
    if (out->n_model < 2 || strcmp(out->model[0].key, names->family) != 0) return;
    const char *model = out->s.model;
    out->s.make = arena_strndup(names->arena, model + out->model[0].begin,
                                out->model[0].end - out->model[0].begin);
    out->s.model = model + out->model[1].begin;
    (void)n;
    if (!out->s.make) out->s.make = "";
    prose_subject_tokens(out);
}

/* "Quenby Plover": two or more words, all of a name. */
static bool is_name_like(const struct prose_names *names, const struct token *t, size_t n)
{
    if (n < 2 || n > 5) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_name_token(&t[i]) || is_document_word(t[i].key) ||
            (word(names, &t[i]) & (WORD_TOPIC | WORD_NO_NAME | WORD_DOCUMENT | WORD_ARTICLE | WORD_PREPOSITION)))
            return false;
    return true;
}

/* Whether the paragraph below a heading has a figure that only vehicles have. */
static bool has_figures(const struct prose_names *names, size_t block)
{
    const struct document *d = names->document;
    if (block + 1 >= d->n_blocks || (d->blocks[block + 1].kind != BLOCK_PARAGRAPH && d->blocks[block + 1].kind != BLOCK_LIST_ITEM))
        return false;
    struct value_part parts[16];
    size_t len = d->blocks[block + 1].len < 2000 ? d->blocks[block + 1].len : 2000;
    size_t n = value_scan(d->blocks[block + 1].text, len, NUMBER_POINT, parts, 16);
    for (size_t i = 0; i < n; i++) {
        enum dimension dim = parts[i].unit ? parts[i].unit->dimension : DIMENSION_NONE;
        if (dim == DIMENSION_POWER || dim == DIMENSION_TORQUE || dim == DIMENSION_CONSUMPTION ||
            dim == DIMENSION_EMISSION || dim == DIMENSION_ELECTRIC_CONSUMPTION || dim == DIMENSION_SPEED)
            return true;
    }
    return false;
}

/* The tokens of a model's name at t[i]: capitals, digits, and small letters that a hyphen or nothing joins
 * ("e-tron", "bZ4X"). */
static size_t title_run(const struct token *t, size_t n, size_t i)
{
    size_t k = i;
    while (k < n && k - i < 8) {
        if (k > i && (t[k].gap & (GAP_COMMA | GAP_COLON | GAP_STOP | GAP_OPEN | GAP_CLOSE))) break;
        if (k > i && (t[k].gap & GAP_HYPHEN) && (t[k].gap & GAP_SPACE)) break;
        bool joined = (k > i && (t[k].gap == GAP_HYPHEN || t[k].gap == GAP_NONE)) ||
                      (k + 1 < n && (t[k + 1].gap == GAP_HYPHEN || t[k + 1].gap == GAP_NONE));
        if (!is_name_token(&t[k]) && !joined) break;
        k++;
    }
    return k - i;
}

/* A title with a make at token `at`: "2021 BMW 330e review", "Ford talks about the 2021 F-150". */
static bool read_title(struct prose_subject *out, const struct prose_names *names, const struct token *t, size_t n,
                       const char *text, size_t len, size_t at, size_t used, int make)
{
    size_t from = at + used, run = title_run(t, n, from);
    if (run == 0 || (t[from].gap & (GAP_COMMA | GAP_COLON | GAP_STOP | GAP_OPEN))) {
        run = 0; /* behind what the maker does */
        for (from = at + used + 1; from < n && run == 0 && from < at + used + 7; from++)
            if (is_name_token(&t[from]) && !(t[from].kind == TOKEN_NUMBER && t[from].number >= YEAR_FIRST_EVER &&
                                             t[from].number <= YEAR_LAST_EVER) &&
                !(word(names, &t[from]) & (WORD_TOPIC | WORD_NO_NAME)))
                run = title_run(t, n, from);
        from -= run > 0;
    }
    while (run > 1 && (word(names, &t[from + run - 1]) & (WORD_DOCUMENT | WORD_VEHICLE | WORD_TOPIC)) &&
           t[from + run - 1].kind == TOKEN_WORD)
        run--; /* "330e Sedan Review" */
    struct subject s = {.make = "", .model = "", .trim = "", .make_number = make};
    s.make = arena_strndup(names->arena, text + t[at].begin, t[at + used - 1].end - t[at].begin);
    if (!s.make) return false;
    if (run) {
        size_t end = t[from + run - 1].end;
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

bool prose_heading_read(struct prose_subject *out, enum heading_kind *kind, const struct prose_names *names,
                        const struct prose_subject *parent, const char *text, size_t len, size_t block)
{
    *out = *parent;
    *kind = HEADING_TOPIC;
    struct token t[HEADING_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, HEADING_TOKENS);
    if (n == 0 || n == HEADING_TOKENS) return true;
    bool from_file = parent->known && !*parent->heading;
    if (from_file && count_makes(t, n)) { /* the title says it better */
        *out = (struct prose_subject){.s = {.make = "", .model = "", .trim = "", .make_number = -1}, .heading = ""};
        struct prose_subject none = *out;
        if (!prose_heading_read(out, kind, names, &none, text, len, block)) return false;
        if (!out->known) *out = *parent;
        else if (!out->s.year_first && !out->s.year_last) {
            out->s.year_first = parent->s.year_first;
            out->s.year_last = parent->s.year_last;
        }
        return true;
    }
    size_t kept = n; /* "Swift owner's manual", "F-Type review" */
    while (kept > 1 && (word(names, &t[kept - 1]) & (WORD_DOCUMENT | WORD_TOPIC)) && t[kept - 1].kind == TOKEN_WORD &&
           (word(names, &t[kept - 1]) & WORD_DOCUMENT))
        kept--;
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
        size_t used = name_make(t, n, &make);
        if (!used || makes > 2 || !name_make(t + used, n - used, &make)) return true;
    }
    /* The parent's name again, or a version of it. */
    int make = -1;
    size_t at = 0, used = name_make(t + lead, n - lead, &make);
    if (parent->known) {
        bool own_make = used && (make == parent->s.make_number || !*parent->s.make);
        if (own_make) at = lead + used;
        size_t model = same_tokens(t + at, n - at, parent->model, parent->n_model);
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
        used = name_make(t + first_make, n - first_make, &make);
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
        bool name = n <= 6 && is_name_token(&t[0]) && named > 0 &&
                    (years || has_digit || is_spoken_of(names, t, n, block));
        if (!name) return true;
        *kind = HEADING_VARIANT;
        out->line = line;
        out->heading = text;
        return read_variant(out, names, text, len, 0);
    }
    if (n > 8 || !is_name_token(&t[0])) return true;
    if (!family && !is_spoken_of(names, t, n, block) && !(is_name_like(names, t, n) && has_figures(names, block)))
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

/* The year of "The 2024 range", "Modelljahr 2024". */
static int range_year(const struct prose_names *names, const struct token *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t[i].kind != TOKEN_NUMBER || strlen(t[i].key) != 4 || t[i].number < 1950 || t[i].number > YEAR_LAST_EVER)
            continue;
        for (size_t k = i > 1 ? i - 2 : 0; k < n && k < i + 3; k++)
            if (!strcmp(t[k].key, "range") || !strcmp(t[k].key, "lineup") || !strcmp(t[k].key, "models") ||
                !strcmp(t[k].key, "modelljahr") || !strcmp(t[k].key, "programm") || !strcmp(t[k].key, "gamme") ||
                !strcmp(t[k].key, "gama"))
                return (int)t[i].number;
    }
    (void)names;
    return 0;
}

bool prose_names_init(struct prose_names *names, const struct document *d,
                      const struct prose_lexicon *lex, struct arena *a)
{
    *names = (struct prose_names){.lex = lex, .arena = a, .document = d};
    /* A word that begins several headings, and is no topic and no known make. */
    char key[TOKEN_KEY_MAX] = "";
    size_t seen = 0;
    bool family = false;
    for (size_t b = 0; b < d->n_blocks; b++) {
        const struct block *k = &d->blocks[b];
        if (k->kind != BLOCK_HEADING && !prose_looks_like_heading(d, b)) continue;
        struct token t[12];
        size_t n = tokens_split(k->text, k->len, TOKENS_TEXT, t, 12);
        if (!names->year && b < 3) names->year = range_year(names, t, n);
        int make;
        if (family || n < 2 || n > 6 || !t[0].upper || name_make(t, n, &make)) continue;
        if ((prose_word(lex, &t[0]) & (WORD_TOPIC | WORD_GENERATION | WORD_ARTICLE | WORD_NO_NAME)) ||
            is_document_word(t[0].key) || is_small_word(t[0].key))
            continue;
        if (strcmp(key, t[0].key) != 0) {
            memcpy(key, t[0].key, sizeof key);
            seen = 1;
        } else if (++seen > FAMILY_HEADINGS) {
            family = true;
        }
    }
    if (family) {
        names->family = arena_strdup(a, key);
        if (!names->family) return false;
    }
    return true;
}

/* ---- names in a sentence ---- */

/* Tokens of a name that goes on from i: "GTI", "Rubicon 392", "Long Range Plus". */
static size_t name_run(const struct prose_sentence *s, size_t i, size_t limit, bool first_free)
{
    size_t n = 0;
    while (i + n < s->n && n < limit) {
        const struct token *t = &s->t[i + n];
        if (n || !first_free)
            if (!close_gap(t) || (n == 0 && t->gap == GAP_NONE)) break;
        bool glued = n > 0 && t->gap == GAP_NONE; /* "740i", "3.0R" */
        if (!is_name_token(t) && !glued) break;
        if (s->marks[i + n].bracket != s->marks[i].bracket) break;
        if (s->in_measure[i + n]) {
            const struct prose_measure *m = &s->measures[s->in_measure[i + n] - 1];
            if (s->parts[m->first_part].unit || m->counted) break;
        }
        if (!glued && (s->words[i + n] & (WORD_NO_NAME | WORD_GENERATION)) && !(n > 0 && t->kind == TOKEN_NUMBER))
            break;
        n++;
    }
    return n;
}

static bool possessive(const struct prose_sentence *s, size_t i)
{
    const char *at = s->text + s->t[i].end;
    return s->t[i].end < s->len && (*at == '\'' || (s->len - s->t[i].end >= 3 && !memcmp(at, "\u2019", 3)));
}

/* Whether tokens [first, end) hold a word of engines: "Pentastar V6" is no version. */
static bool names_engine(const struct prose_sentence *s, size_t first, size_t end)
{
    for (size_t i = first; i < end && i < s->n; i++) {
        if ((s->words[i] & WORD_ENGINE) && s->t[i].key[1] && !prose_has(s, i, WORD_VARIANT)) return true;
        if (s->in_measure[i] && s->measures[s->in_measure[i] - 1].counted) return true;
    }
    return false;
}

/* The first token of the noun phrase that ends before i: back over small adjectives and sizes to its
 * article. *headed: it begins its clause. */
static size_t phrase_begin(const struct prose_sentence *s, size_t i, bool *headed)
{
    size_t k = i, steps = 0;
    while (k > 0 && steps < 7) {
        if (s->marks[k].before >= BREAK_COMMA || s->marks[k].bracket != s->marks[k - 1].bracket) break;
        bool measure = s->in_measure[k - 1] != 0; /* whose "L" is no French article */
        if (!measure && prose_has(s, k - 1, WORD_ARTICLE)) {
            k--;
            break;
        }
        if (!measure && (prose_has(s, k - 1, WORD_VERB | WORD_PREPOSITION | WORD_AND | WORD_LINK) ||
                         (s->t[k - 1].upper && k - 1 > 0 && !prose_has(s, k - 1, WORD_ENGINE))))
            break;
        k--;
        steps++;
    }
    *headed = k == 0 || s->marks[k].before == BREAK_CLAUSE ||
              (s->marks[k].before == BREAK_COMMA && k <= 12);
    return k;
}

/* "the S4 featuring a 4.2L V8" */
static bool participle_behind(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"featuring", "producing", "delivering", "offering", "generating", "developing",
                                        "making", "weighing", "costing", "achieving", "reaching", "using", "packing"};
    if (i >= s->n || s->marks[i].before != BREAK_NONE) return false;
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
        if (!strcmp(s->t[i].key, WORDS[k])) return true;
    return false;
}

static bool verb_behind(const struct prose_sentence *s, size_t i)
{
    size_t skip = 0;
    while (i < s->n && skip < 4 && s->marks[i].before == BREAK_NONE && !s->t[i].upper &&
           (s->words[i] & (WORD_ENGINE | WORD_VARIANT | WORD_VEHICLE))) {
        i++;
        skip++;
    }
    if (i >= s->n) return false;
    return prose_has(s, i, WORD_VERB) || s->marks[i].before == BREAK_COMMA;
}

/* Whether a word for versions follows a name that ends at i: "GTI model", "Wilderness variant", "XT and
 * Wilderness trims", "High Fuel Efficiency (HFE) model". */
static bool variant_noun_behind(const struct prose_sentence *s, size_t i)
{
    if (i < s->n && i > 0 && s->marks[i].bracket > s->marks[i - 1].bracket) {
        size_t end = i;
        while (end < s->n && end < i + 3 && s->marks[end].bracket == s->marks[i].bracket) end++;
        if (end < s->n && s->marks[end].bracket == s->marks[i - 1].bracket) i = end;
    }
    if (i + 2 < s->n && prose_has(s, i, WORD_AND) && s->t[i + 1].upper) {
        size_t more = i + 1;
        while (more < s->n && more < i + 4 && is_name_token(&s->t[more])) more++;
        return prose_has(s, more, WORD_VARIANT);
    }
    for (size_t k = i; k < s->n && k < i + 3; k++) {
        if (s->marks[k].before != BREAK_NONE || s->marks[k].bracket != s->marks[i].bracket) return false;
        if (prose_has(s, k, WORD_VARIANT)) return true;
        if (s->t[k].upper || s->in_measure[k] || prose_has(s, k, WORD_VERB | WORD_PREPOSITION | WORD_AND))
            return false;
    }
    return false;
}

/* Letters in capitals or with digits: a name in any language. */
static bool is_coded(const struct prose_sentence *s, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const char *w = s->text + s->t[i].begin;
        size_t n = s->t[i].end - s->t[i].begin;
        if (s->t[i].kind == TOKEN_NUMBER) return end - first > 1;
        if (n >= 2 && w[0] >= 'A' && w[0] <= 'Z' && w[1] >= 'A' && w[1] <= 'Z') return true;
    }
    return end == first + 1 && s->t[first].end - s->t[first].begin == 1 && first > 0 &&
           prose_has(s, first - 1, WORD_ARTICLE); /* "the S" */
}

/* A known make and what follows it. */
static size_t find_make(const struct prose_sentence *s, const struct prose_names *names,
                        const struct prose_subject *own, size_t i, struct prose_mention *out)
{
    int make = -1;
    size_t used = name_make(s->t + i, s->n - i, &make);
    if (!used && names->family && s->t[i].upper && !strcmp(s->t[i].key, names->family)) used = 1;
    if (!used) return 0;
    for (size_t k = i; k < i + used; k++)
        if (s->marks[k].bracket != s->marks[i].bracket) return 0;
    if (possessive(s, i + used - 1)) return used;
    if (i > 0 && !strcmp(s->t[i - 1].key, "by")) return used; /* "by Peugeot Sport": who made it */
    size_t name = name_run(s, i + used, 5, false);
    if (name == 0) return 0;
    size_t model = own->known ? same_tokens(s->t + i + used, name, own->model, own->n_model) : 0;
    *out = (struct prose_mention){.kind = MENTION_OTHER, .at = {i, i + used + name},
                                  .name = {i, i + used + name}, .n_make = used};
    bool same_make = make >= 0 ? make == own->s.make_number : own->known && *own->s.make;
    if (own->known && same_make && model == own->n_model && model > 0) {
        size_t from = i + used + model;
        out->kind = MENTION_OWN;
        out->name = (struct token_range){from, i + used + name};
    } else if (own->known && same_make && variant_noun_behind(s, i + used + name)) {
        out->kind = MENTION_VARIANT; /* "the Ram TRX model" under "Ram 1500" */
        out->name = (struct token_range){i + used, i + used + name};
    }
    return used + name;
}

/* The own vehicle's name without its make: "the Wrangler", "the JL", "Plover". */
static size_t find_own(const struct prose_sentence *s, const struct prose_subject *own, size_t i,
                       struct prose_mention *out)
{
    if (!own->known) return 0;
    bool small = !is_name_token(&s->t[i]); /* "i3" */
    if (small && !(i + 1 < s->n && s->t[i + 1].kind == TOKEN_NUMBER && s->t[i + 1].gap == GAP_NONE)) return 0;
    size_t model = 0;
    for (size_t from = 0; from < own->n_model && model == 0; from++) {
        const struct token *w = &own->model[from];
        if (strcmp(w->key, s->t[i].key) != 0) continue;
        model = same_tokens(s->t + i, s->n - i, own->model + from, own->n_model - from);
        bool whole = model == own->n_model;
        bool telling = w->kind == TOKEN_WORD && strlen(w->key) >= 4 && s->t[i].upper;
        if (!whole && (!telling || small)) model = 0;
    }
    if (small && model == 0) return 0;
    if (model == 0 && own->n_trim && has_token(own->trim, own->n_trim, s->t[i].key) && s->t[i].upper &&
        !(s->words[i] & WORD_GENERATION)) {
        model = 1;
        while (i + model < s->n && s->t[i + model].gap == GAP_NONE && model < 4) model++;
        size_t more = 0;
        struct prose_mention rest; /* "E46 M3" */
        if (i + model < s->n && close_gap(&s->t[i + model])) {
            struct prose_subject bare = *own;
            bare.n_trim = 0;
            more = find_own(s, &bare, i + model, &rest);
        }
        model += more;
        *out = (struct prose_mention){.kind = MENTION_OWN, .at = {i, i + model}, .name = {i + model, i + model}};
        if (more) {
            out->at.end = rest.at.end;
            out->name = rest.name;
        }
        return out->at.end - i;
    }
    if (model == 0) return 0;
    size_t end = i + model, more = 0;
    size_t glued = end, first = i; /* "i3s", "e-208": another name */
    while (glued < s->n && s->t[glued].gap == GAP_NONE && glued < end + 3) glued++;
    if (i > 0 && s->t[i].gap == GAP_HYPHEN && s->t[i].kind == TOKEN_NUMBER && s->t[i - 1].key[1] == '\0') first = i - 1;
    if (glued > end || first < i) {
        *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {first, glued}, .name = {first, glued}};
        return glued - i;
    }
    if (!possessive(s, end - 1)) more = name_run(s, end, 4, false);
    *out = (struct prose_mention){.kind = MENTION_OWN, .at = {i, end + more}, .name = {end, end + more}};
    return model + more;
}

static bool is_united(const struct prose_sentence *s, size_t i)
{
    return s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit;
}

/* A version by its own name. In German all nouns have capitals: only a coded name is one there. */
static size_t find_variant(const struct prose_sentence *s, const struct prose_names *names, size_t i,
                           struct prose_mention *out)
{
    const struct token *t = &s->t[i];
    if (t->upper && i > 0 && i + 1 < s->n && s->t[i + 1].upper && s->t[i + 1].gap == GAP_SPACE &&
        !strcmp(s->t[i + 1].key, "edition")) { /* "the First Edition" */
        *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, i + 2}, .name = {i, i + 2}};
        return 2;
    }
    bool model = i > 0 && t->upper && !strcmp(t->key, "model") && i + 1 < s->n && is_name_token(&s->t[i + 1]);
    if (!is_name_token(t) ||
        ((s->words[i] & (WORD_NO_NAME | WORD_GENERATION | WORD_VEHICLE | WORD_PRONOUN)) && !model) ||
        ((s->words[i] & (WORD_ARTICLE | WORD_PREPOSITION | WORD_LINK | WORD_HEDGE | WORD_AND)) && t->end - t->begin > 1 &&
         !((s->words[i] & WORD_HEDGE) && i > 0 && t->upper && i + 1 < s->n && s->t[i + 1].upper)))
        return 0;
    if (i > 0 && prose_has(s, i - 1, WORD_VARIANT) && strcmp(s->t[i - 1].key, "model") != 0 &&
        strcmp(s->t[i - 1].key, "models") != 0 && strcmp(s->t[i - 1].key, "powered") != 0 && strcmp(s->t[i - 1].key, "equipped") != 0 &&
        strcmp(s->t[i - 1].key, "engined") != 0 && t->gap != GAP_HYPHEN &&
        s->marks[i].before == BREAK_NONE && !is_united(s, i)) {
        size_t run = name_run(s, i, 4, true); /* "la version 50 Quattro" */
        if (run && (t->kind != TOKEN_NUMBER || run > 1) && !names_engine(s, i, i + run)) {
            *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, i + run}, .name = {i, i + run}};
            return run;
        }
    }
    if (t->kind == TOKEN_NUMBER && !(i + 1 < s->n && s->t[i + 1].gap == GAP_NONE && s->t[i + 1].kind == TOKEN_WORD))
        return 0;
    bool after_article = i > 0 && prose_has(s, i - 1, WORD_ARTICLE);
    size_t n = name_run(s, i, 4, true);
    if (n == 0 || names_engine(s, i, i + n)) return 0;
    /* "turbocharged four-cylinder Theta II": an engine's */
    bool engine = i > 0 && s->marks[i].before == BREAK_NONE && s->marks[i].bracket == s->marks[i - 1].bracket &&
                  ((s->words[i - 1] & WORD_ENGINE) || (s->in_measure[i - 1] && s->measures[s->in_measure[i - 1] - 1].counted)) &&
                  !prose_has(s, i - 1, WORD_VARIANT) && strcmp(s->t[i - 1].key, "door") != 0 && strcmp(s->t[i - 1].key, "seat") != 0;
    if (engine) return 0;
    const struct term *terms; /* "MSRP", "AWD": words of the registry are no names */
    size_t n_terms = 0, known = registry_match(s->t + i, s->n - i, &terms, &n_terms);
    for (size_t k = 0; k < n_terms; k++)
        if (known >= n && terms[k].kind != TERM_MAKE && !terms[k].code && !variant_noun_behind(s, i + n)) return 0;
    bool coded = is_coded(s, i, i + n);
    if (!coded && (i == 0 || !strcmp(names->language, "de"))) return 0;
    bool headed = false;
    size_t phrase = phrase_begin(s, i, &headed);
    bool noun = variant_noun_behind(s, i + n);
    if ((s->words[i] & WORD_TOPIC) && n == 1 && !(noun && after_article)) return 0;
    bool acts = headed && (after_article || phrase < i || i == 0) && verb_behind(s, i + n);
    if (!acts && !noun && !(after_article || phrase < i ? participle_behind(s, i + n) && coded : false)) return 0;
    *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, i + n}, .name = {i, i + n}};
    return n;
}

size_t prose_mentions_find(const struct prose_sentence *s, const struct prose_names *names,
                           const struct prose_subject *own, struct prose_mention *out, size_t max)
{
    size_t found = 0;
    for (size_t i = 0; i < s->n && found < max;) {
        struct prose_mention m = {0};
        size_t used = 0;
        bool coded = i + 1 < s->n && s->t[i].kind == TOKEN_WORD && s->t[i + 1].kind == TOKEN_NUMBER &&
                     s->t[i + 1].gap == GAP_NONE;
        if (s->t[i].upper || s->t[i].kind == TOKEN_NUMBER || coded) {
            /* a figure is no name */
            bool figure = s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit;
            if (!figure) used = find_own(s, own, i, &m);
            if (!used && !figure) used = find_make(s, names, own, i, &m);
            if (!used && !figure) used = find_variant(s, names, i, &m);
        }
        if (!used || m.at.end == 0) {
            i += used ? used : 1;
            continue;
        }
        if (m.kind == MENTION_OWN && m.name.first < m.name.end) {
            /* what follows the name: a version, unless its own trim says so or it is an engine's */
            bool own_words = true;
            for (size_t k = m.name.first; k < m.name.end; k++)
                own_words = own_words && has_token(own->trim, own->n_trim, s->t[k].key);
            if (!own_words && !names_engine(s, m.name.first, m.name.end)) m.kind = MENTION_VARIANT;
        }
        m.phrase = phrase_begin(s, m.at.first, &m.is_subject);
        if (m.phrase > 0 && found) {
            const struct prose_mention *before = &out[found - 1];
            m.joined = before->at.end + 1 >= m.phrase && before->at.end <= m.phrase &&
                       (prose_has(s, before->at.end, WORD_AND) || s->marks[before->at.end].before == BREAK_COMMA);
        }
        out[found++] = m;
        i = m.at.end;
    }
    return found;
}

bool prose_goes_on(const struct prose_sentence *s)
{
    if (s->n == 0 || (s->words[0] & WORD_PRONOUN)) return true;
    if ((s->words[0] & WORD_ARTICLE) && s->n > 1 && prose_has(s, 1, WORD_VEHICLE | WORD_VARIANT)) return true;
    /* no subject of its own: a figure, a verb, or a small phrase */
    return s->in_measure[0] != 0 || !(s->words[0] & WORD_ARTICLE);
}
