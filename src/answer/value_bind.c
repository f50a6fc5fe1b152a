#include "answer/value_bind.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TITLE = 64, MAX_EVIDENCE = 96, MAX_VALUE_TOKENS = 14, YEAR_FIRST = 1885, YEAR_LAST = 2100 };

/* Tokens of the sentence that name an attribute. */
struct evidence {
    size_t first, end;
    int attribute; /* -1: the target's own words */
    uint64_t qualifiers;
    bool weak;
};

struct binder {
    struct arena arena; /* the lexicon */
    struct prose_lexicon *lexicon;
    struct prose_sentence sentence;
    struct evidence evidence[MAX_EVIDENCE];
    size_t n_evidence;
    /* of the passage that was read last */
    struct arena passage_arena;
    const struct hit *passage;
    const char *passage_text;
    struct document document;
    struct block block;
    struct prose_names names;
    struct prose_subject own;
    struct token title[MAX_TITLE];
    size_t n_title;
    enum number_style style;
    bool comma;
};

static const struct prose_subject NO_SUBJECT = {
    .s = {.make = "", .model = "", .trim = "", .make_number = -1}, .heading = ""};

struct binder *binder_create(struct error *err)
{
    struct binder *b = calloc(1, sizeof *b);
    if (b) b->lexicon = prose_lexicon_create(&b->arena);
    if (b && b->lexicon) return b;
    binder_free(b);
    error_memory(err, "reading prose");
    return NULL;
}

void binder_free(struct binder *b)
{
    if (!b) return;
    arena_free(&b->arena);
    arena_free(&b->passage_arena);
    free(b);
}

void binder_set_language(struct binder *b, const char *language)
{
    bool comma = !strcmp(language, "de") || !strcmp(language, "fr") || !strcmp(language, "es");
    if (b->comma != comma) b->passage = NULL;
    b->comma = comma;
}

static bool is_year(const struct token *t)
{
    return t->kind == TOKEN_NUMBER && t->end - t->begin == 4 && t->number >= YEAR_FIRST &&
           t->number <= YEAR_LAST;
}

void bind_target_vehicle(struct bind_target *t, const char *label, int year)
{
    struct token all[BIND_MAX_WORDS];
    size_t n = tokens_split(label, strlen(label), TOKENS_TEXT, all, BIND_MAX_WORDS);
    t->year = year;
    t->n_names = 0;
    for (size_t i = 0; i < n; i++)
        if (!(year && is_year(&all[i]) && (int)all[i].number == year)) t->names[t->n_names++] = all[i];
}

bool bind_target_words(struct bind_target *t, const char *words)
{
    static const char *const SMALL[] = {"the", "a",  "an",  "of",  "in",  "on",  "at",  "for", "to",
                                        "is",  "it", "its", "der", "die", "das", "des", "von", "le",
                                        "la",  "les", "de", "du",  "el",  "los", "del"};
    struct token all[2 * BIND_MAX_WORDS];
    size_t n = tokens_split(words, strlen(words), TOKENS_IDENTIFIER, all, 2 * BIND_MAX_WORDS);
    t->n_words = 0;
    if (n == 2 * BIND_MAX_WORDS) return false;
    for (size_t i = 0; i < n; i++) {
        bool small = false;
        for (size_t k = 0; k < sizeof SMALL / sizeof *SMALL; k++)
            small = small || strcmp(all[i].key, SMALL[k]) == 0;
        /* "derZephyr" of a Zephyr names nothing of it. */
        for (size_t k = 0; k < t->n_names; k++) small = small || strcmp(all[i].key, t->names[k].key) == 0;
        if (small) continue;
        if (t->n_words == BIND_MAX_WORDS) return false;
        t->words[t->n_words++] = all[i];
    }
    return t->n_words > 0;
}

/* ---- the passage ---- */

static enum number_style find_style(const char *text, enum number_style fallback)
{
    struct number_evidence e = {0};
    number_evidence_add_text(&e, text, strlen(text));
    return e.point == e.comma ? fallback : number_style_decide(&e, fallback, NULL);
}

static bool open_passage(struct binder *b, const struct hit *h)
{
    if (b->passage == h && b->passage_text == h->text) return true;
    arena_free(&b->passage_arena);
    b->passage_arena = (struct arena){0};
    b->passage = NULL;
    b->block = (struct block){
        .kind = BLOCK_HEADING, .level = 1, .text = h->title, .len = strlen(h->title), .line_first = 1, .line_last = 1};
    b->document = (struct document){.kind = DOCUMENT_TEXT, .path = "", .encoding = "UTF-8",
                                    .blocks = &b->block, .n_blocks = 1};
    if (!prose_names_init(&b->names, &b->document, b->lexicon, &b->passage_arena)) return false;
    b->names.language = b->comma ? "de" : "";
    enum heading_kind kind;
    struct prose_subject none = NO_SUBJECT;
    if (!prose_heading_read(&b->own, &kind, &b->names, &none, h->title, b->block.len, 0)) return false;
    b->n_title = tokens_split(h->title, b->block.len, TOKENS_TEXT, b->title, MAX_TITLE);
    const char *const more[] = {h->vehicle.manufacturer, h->vehicle.model, h->vehicle.trim};
    for (size_t i = 0; i < 3; i++)
        if (more[i])
            b->n_title += tokens_split(more[i], strlen(more[i]), TOKENS_TEXT, b->title + b->n_title,
                                       MAX_TITLE - b->n_title);
    b->style = find_style(h->text, b->comma ? NUMBER_COMMA : NUMBER_POINT);
    b->passage = h;
    b->passage_text = h->text;
    return true;
}

static bool has(const struct token *t, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(t[i].key, key) == 0) return true;
    return false;
}

/* The years of t as a span: "1976-1981", "2018-present", "2020". False: none. */
static bool years_of(const struct token *t, size_t n, int *first, int *last)
{
    *first = *last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_year(&t[i])) continue;
        int y = (int)t[i].number;
        if (!*first || y < *first) *first = y;
        if (y > *last) *last = y;
        if (i + 1 < n && (t[i + 1].gap & GAP_HYPHEN) &&
            (!strcmp(t[i + 1].key, "present") || !strcmp(t[i + 1].key, "heute") ||
             !strcmp(t[i + 1].key, "today")))
            *last = YEAR_LAST;
    }
    return *first != 0;
}

/* The sentence is of the year that was asked for; without one, of no year in particular. */
static bool year_fits(const struct binder *b, const struct bind_target *t)
{
    const struct prose_sentence *s = &b->sentence;
    int first, last, vehicle = b->passage->vehicle.year;
    bool in_sentence = years_of(s->t, s->n, &first, &last);
    if (in_sentence) return t->year && first <= t->year && t->year <= last;
    if (!t->year) return true;
    if (years_of(b->title, b->n_title, &first, &last)) return first <= t->year && t->year <= last;
    return vehicle == t->year;
}

/* Every word of the vehicle's name stands in the sentence or over it, and no other vehicle's. */
static bool vehicle_fits(struct binder *b, const struct bind_target *t)
{
    const struct prose_sentence *s = &b->sentence;
    if (t->n_names == 0 && !b->own.known) return false;
    for (size_t i = 0; i < t->n_names; i++)
        if (!has(b->title, b->n_title, t->names[i].key) && !has(s->t, s->n, t->names[i].key)) return false;
    return year_fits(b, t);
}

/* Whether a name of another vehicle stands outside the span and the attribute's name. */
static bool names_another(struct binder *b, const struct bind_target *t, size_t begin, size_t end,
                          const struct evidence *name)
{
    const struct prose_sentence *s = &b->sentence;
    struct prose_mention m[PROSE_MAX_MENTIONS];
    size_t n = prose_mentions_find(s, &b->names, &b->own, m, PROSE_MAX_MENTIONS);
    for (size_t k = 0; k < n; k++) {
        if (m[k].kind == MENTION_OWN) continue;
        const struct token *first = &s->t[m[k].at.first], *last = &s->t[m[k].at.end - 1];
        if (first->begin < end && begin < last->end) continue;
        if (m[k].at.first < name->end && name->first < m[k].at.end) continue;
        for (size_t i = m[k].at.first; i < m[k].at.end; i++)
            if (!has(t->names, t->n_names, s->t[i].key) && !has(b->title, b->n_title, s->t[i].key))
                return true;
    }
    return false;
}

/* ---- the attribute's name ---- */

static void add_evidence(struct binder *b, size_t first, size_t n, int attribute, uint64_t qualifiers, bool weak)
{
    /* "the maker quotes": of the vehicle itself, no value's name. */
    if (attribute >= 0 && REGISTRY[attribute].role != ROLE_NONE) return;
    if (b->n_evidence < MAX_EVIDENCE)
        b->evidence[b->n_evidence++] = (struct evidence){first, first + n, attribute, qualifiers, weak};
}

static bool same_word(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
    if (n == m) return memcmp(a, b, n) == 0;
    /* A plural or an ending: "powerof" is no form of "power". */
    static const char *const ENDINGS[] = {"s", "es", "e", "n", "en", "er", "x"};
    const char *rest = n > m ? a + m : b + n;
    if (least < 4 || memcmp(a, b, least) != 0) return false;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (strcmp(rest, ENDINGS[i]) == 0) return true;
    return false;
}

/* Where the target's words stand, closely together and in any order. */
static void find_words(struct binder *b, const struct bind_target *t)
{
    const struct prose_sentence *s = &b->sentence;
    for (size_t i = 0; i < s->n; i++) {
        bool seen[BIND_MAX_WORDS] = {false};
        size_t n_seen = 0, end = i;
        for (size_t k = i; k < s->n && k < i + t->n_words + 3 && n_seen < t->n_words; k++) {
            size_t w = 0;
            while (w < t->n_words && (seen[w] || !same_word(t->words[w].key, s->t[k].key))) w++;
            if (w == t->n_words) {
                if (k == i) break;
                continue;
            }
            seen[w] = true;
            n_seen++;
            end = k + 1;
        }
        if (n_seen == t->n_words && n_seen) add_evidence(b, i, end - i, -1, 0, false);
    }
}

static void find_evidence(struct binder *b, const struct bind_target *t)
{
    struct prose_sentence *s = &b->sentence;
    b->n_evidence = 0;
    if (s->n_measures == 0) s->n_cues = prose_cues_find(s->lex, s->t, s->n, s->cues, PROSE_MAX_CUES);
    for (size_t i = 0; i < s->n_cues; i++)
        add_evidence(b, s->cues[i].first, s->cues[i].n, s->cues[i].attribute, s->cues[i].qualifiers, false);
    uint64_t before = 0;
    for (size_t i = 0; i < s->n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, run = registry_match(s->t + i, s->n - i, &terms, &n_terms);
        uint64_t own = 0;
        for (size_t k = 0; run && k < n_terms; k++) {
            if (terms[k].kind == TERM_QUALIFIER) own |= 1ull << terms[k].id;
            if (terms[k].kind == TERM_ATTRIBUTE && !terms[k].code)
                add_evidence(b, i, run, terms[k].id, terms[k].qualifiers | before, terms[k].weak);
        }
        before = own;
        i += run ? run : 1;
    }
    if (t->n_words) find_words(b, t);
}

/* "front" said right behind the name: "brakes, front". */
static uint64_t qualifiers_behind(const struct prose_sentence *s, size_t at)
{
    const struct term *terms = NULL;
    size_t n_terms = 0;
    uint64_t out = 0;
    if (at >= s->n || !registry_match(s->t + at, s->n - at, &terms, &n_terms)) return 0;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].kind == TERM_QUALIFIER) out |= 1ull << terms[k].id;
    return out;
}

static bool is_evidence(const struct binder *b, const struct bind_target *t, const struct evidence *e,
                        uint64_t *qualifiers)
{
    *qualifiers = e->qualifiers;
    if (t->n_words) return e->attribute < 0;
    if (e->attribute != t->attribute) return false;
    *qualifiers |= qualifiers_behind(&b->sentence, e->end);
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        for (size_t k = 0; k < QUALIFIER_COUNT; k++)
            if ((t->qualifiers >> i & 1) && (*qualifiers >> k & 1) && i != k &&
                QUALIFIERS[i].family == QUALIFIERS[k].family)
                return false;
    return (*qualifiers & t->qualifiers) == t->qualifiers;
}

static bool attribute_fits(struct binder *b, const struct bind_target *t)
{
    uint64_t qualifiers;
    find_evidence(b, t);
    for (size_t i = 0; i < b->n_evidence; i++)
        if (is_evidence(b, t, &b->evidence[i], &qualifiers)) return true;
    return false;
}

static bool read_sentence(struct binder *b, const char *text, size_t len)
{
    return prose_sentence_read(&b->sentence, b->lexicon, text, len, b->style);
}

size_t bind_sentences(struct binder *b, const struct hit *h, const struct bind_target *t,
                      struct bind_sentence *out)
{
    size_t n = 0;
    b->passage = NULL; /* the hit before it may have had this address */
    if (!open_passage(b, h)) return 0;
    for (const char *line = h->text; *line && n < BIND_MAX_SENTENCES;) {
        size_t len = strcspn(line, "\n");
        struct sentence_span span;
        for (size_t at = 0; n < BIND_MAX_SENTENCES && sentence_next(line, len, at, &span); at = span.end) {
            size_t size = span.end - span.begin;
            if (!read_sentence(b, line + span.begin, size)) continue;
            if (vehicle_fits(b, t) && attribute_fits(b, t))
                out[n++] = (struct bind_sentence){(size_t)(line - h->text) + span.begin, size};
        }
        line += len + (line[len] == '\n');
    }
    return n;
}

/* ---- the value ---- */

/* Tokens between two ranges; 0 where they touch, SIZE_MAX where they overlap. */
static size_t distance(const struct evidence *e, struct token_range span)
{
    if (e->end <= span.first) return span.first - e->end;
    if (span.end <= e->first) return e->first - span.end;
    return SIZE_MAX;
}

/* Whether the span has no word but those of the name and articles. */
static bool is_name_only(const struct binder *b, const struct evidence *e, struct token_range span)
{
    for (size_t i = span.first; i < span.end; i++)
        if ((i < e->first || i >= e->end) && !(b->sentence.words[i] & (WORD_ARTICLE | WORD_LINK))) return false;
    return true;
}

/* The target's name that is nearest to the span, if no other attribute's name stands nearer. */
static const struct evidence *nearest(const struct binder *b, const struct bind_target *t,
                                      struct token_range span, enum dimension dimension)
{
    const struct evidence *best = NULL;
    uint64_t qualifiers;
    for (size_t i = 0; i < b->n_evidence; i++) {
        const struct evidence *e = &b->evidence[i];
        size_t d = distance(e, span);
        if (!is_evidence(b, t, e, &qualifiers)) continue;
        if (d == SIZE_MAX) {
            if (is_name_only(b, e, span)) return NULL; /* the name itself is no value */
            continue;
        }
        if (e->weak && dimension == DIMENSION_NONE) continue;
        if (!best || d < distance(best, span)) best = e;
    }
    if (!best) return NULL;
    for (size_t i = 0; i < b->n_evidence; i++) {
        const struct evidence *e = &b->evidence[i];
        size_t d = distance(e, span);
        bool overlaps = e->first < best->end && best->first < e->end;
        if (d == SIZE_MAX || overlaps || e->attribute < 0) continue;
        /* "the front brakes are discs, the rear brakes": as near, of the other axle. */
        if (e->attribute == t->attribute && d <= distance(best, span) && !is_evidence(b, t, e, &qualifiers))
            return NULL;
        /* The name of a quantity of another kind does not claim a figure. */
        bool possible = dimension == DIMENSION_NONE || REGISTRY[e->attribute].dimension == dimension;
        if (possible && d < distance(best, span)) return NULL;
    }
    return best;
}

/* Words that make of a statement none about this vehicle as it is. */
static bool is_denied(const struct prose_sentence *s, struct token_range span)
{
    size_t first = span.first, end = span.end;
    while (first > 0 && s->marks[first].before < BREAK_CLAUSE) first--;
    while (end < s->n && s->marks[end].before < BREAK_CLAUSE) end++;
    for (size_t i = first; i < end; i++)
        if ((i < span.first || i >= span.end) &&
            (s->words[i] & (WORD_NEGATION | WORD_UNREAL | WORD_INSTEAD | WORD_FORMER | WORD_FLEET | WORD_ENDED)))
            return true;
    return false;
}

static const struct prose_measure *measure_at(const struct prose_sentence *s, struct token_range span)
{
    for (size_t i = 0; i < s->n_measures; i++)
        if (s->measures[i].at.first < span.end && span.first < s->measures[i].at.end) return &s->measures[i];
    return NULL;
}

static void judge(const struct bind_target *t, struct fact_value *out)
{
    if (t->attribute < 0 || out->kind != VALUE_NUMBER) return;
    const struct attribute *a = &REGISTRY[t->attribute];
    const struct unit *canonical = a->unit ? unit_by_symbol(a->unit) : NULL;
    double low = out->low, high = out->high;
    if (canonical && out->unit && (!unit_convert(out->low, out->unit, canonical, &low) ||
                                   !unit_convert(out->high, out->unit, canonical, &high)))
        return;
    if (a->low < a->high) out->implausible = low < a->low || high > a->high;
}

/* A figure with its unit, or a bare one where the attribute has none. */
static bool take_number(const struct binder *b, const struct bind_target *t, struct token_range span,
                        struct fact_value *out, enum dimension *dimension)
{
    const struct prose_sentence *s = &b->sentence;
    const struct attribute *a = t->attribute >= 0 ? &REGISTRY[t->attribute] : NULL;
    const struct prose_measure *m = measure_at(s, span);
    const struct value_part *p = NULL;
    struct value_part parts[4];
    if (m) {
        if (m->rejected || (m->attribute >= 0 && m->attribute != t->attribute && !t->n_words)) return false;
        p = &s->parts[m->first_part];
        *dimension = p->unit ? p->unit->dimension : DIMENSION_NONE;
    } else {
        size_t begin = s->t[span.first].begin, end = s->t[span.end - 1].end;
        if (value_scan(s->text + begin, end - begin, b->style, parts, 4) != 1) return false;
        p = &parts[0];
        *dimension = p->unit ? p->unit->dimension : DIMENSION_NONE;
    }
    if (a && a->type == ATTRIBUTE_NUMBER) {
        bool none = a->dimension == DIMENSION_NONE || a->dimension == DIMENSION_COUNT ||
                    a->dimension == DIMENSION_RATIO;
        if (p->unit ? p->unit->dimension != a->dimension : !none) return false;
    }
    out->kind = VALUE_NUMBER;
    out->low = p->low;
    out->high = p->high;
    out->unit = p->unit;
    out->bound = p->at_most || p->at_least;
    judge(t, out);
    return !out->implausible;
}

static bool is_named(const struct binder *b, size_t token)
{
    for (size_t i = 0; i < b->n_evidence; i++)
        if (b->evidence[i].first <= token && token < b->evidence[i].end) return true;
    return false;
}

static bool has_unit(const struct prose_sentence *s, size_t token)
{
    size_t m = s->in_measure[token];
    return m && (s->parts[s->measures[m - 1].first_part].unit || s->measures[m - 1].counted);
}

/* The whole of a code or name of which the span may be a part: "F" and "5223" of "F 5223", "Brembo" of
 * "Brembo Stylema". */
static struct token_range whole_value(const struct binder *b, struct token_range span)
{
    const struct prose_sentence *s = &b->sentence;
    const unsigned close = GAP_SPACE | GAP_HYPHEN | GAP_SLASH;
    while (span.end < s->n && !(s->t[span.end].gap & ~close) && !is_named(b, span.end) &&
           (s->t[span.end].kind == TOKEN_NUMBER || s->t[span.end].upper || s->t[span.end].gap == GAP_NONE))
        span.end++;
    while (span.first > 1 && !(s->t[span.first].gap & ~close) && !is_named(b, span.first - 1) &&
           s->t[span.first].kind == TOKEN_NUMBER && !has_unit(s, span.first) &&
           s->t[span.first - 1].kind == TOKEN_WORD && s->t[span.first - 1].upper)
        span.first--;
    return span;
}

bool bind_value(struct binder *b, const struct hit *h, const struct bind_target *t,
                const struct bind_sentence *sentence, size_t begin, size_t len, struct fact_value *out,
                uint64_t *qualifiers)
{
    *out = (struct fact_value){.category = -1, .remark = "", .text = h->text + begin, .len = len};
    struct prose_sentence *s = &b->sentence;
    if (len == 0 || len > BIND_MAX_SPAN || begin < sentence->begin ||
        begin + len > sentence->begin + sentence->len || !open_passage(b, h) ||
        !read_sentence(b, h->text + sentence->begin, sentence->len) || !vehicle_fits(b, t) ||
        !attribute_fits(b, t))
        return false;
    size_t from = begin - sentence->begin, to = from + len;
    struct token_range span = {s->n, 0};
    for (size_t i = 0; i < s->n; i++)
        if (s->t[i].begin >= from && s->t[i].end <= to) {
            if (i < span.first) span.first = i;
            span.end = i + 1;
        }
    if (span.first >= span.end || s->t[span.first].begin > from + 3) return false; /* ": F" */
    struct token_range whole = whole_value(b, span);
    if (whole.first < span.first) from = s->t[whole.first].begin;
    if (whole.end > span.end) to = s->t[whole.end - 1].end;
    span = whole;
    while (from < to && strchr(" :;,.)]=-", s->text[from]) && s->text[from] && s->t[span.first].begin > from) from++;
    if (span.end - span.first > MAX_VALUE_TOKENS || to <= from) return false;
    begin = sentence->begin + from;
    len = to - from;
    out->text = h->text + begin;
    out->len = len;
    bool digits = false;
    for (size_t i = span.first; i < span.end; i++) digits = digits || s->t[i].kind == TOKEN_NUMBER;
    const struct attribute *a = t->attribute >= 0 ? &REGISTRY[t->attribute] : NULL;
    enum dimension dimension = DIMENSION_NONE;
    bool number = digits && take_number(b, t, span, out, &dimension);
    if (!number) {
        if (a && a->type == ATTRIBUTE_NUMBER) return false;
        const struct prose_measure *m = digits ? measure_at(s, span) : NULL;
        if (m && m->rejected) return false;
        out->kind = VALUE_TEXT;
        out->low = out->high = 0;
        out->unit = NULL;
        if (a && a->type == ATTRIBUTE_CATEGORY)
            out->category = registry_read_category(t->attribute, h->text + begin, len);
    }
    const struct evidence *name = nearest(b, t, span, dimension);
    if (!name || is_denied(s, span) || names_another(b, t, from, to, name)) return false;
    is_evidence(b, t, name, qualifiers);
    return true;
}
