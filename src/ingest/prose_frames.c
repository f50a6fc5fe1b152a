#include "ingest/prose_frames.h"

#include "ingest/prose_measures.h"

#include <string.h>

enum { NAME_TOKENS = 6, VALUE_TOKENS = 7, CODE_TOKENS = 4, TEXT_TOKENS = 6 };

static bool is_any(const struct prose_sentence *s, size_t i, const char *const *words)
{
    for (; i < s->n && *words; words++)
        if (prose_is(s, i, *words)) return true;
    return false;
}

static bool is_article(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"the", "a", "an", "its", NULL};
    return is_any(s, i, WORDS);
}

/* Whether tokens [first, end) can be what a property is called. */
static bool is_name(const struct prose_sentence *s, size_t first, size_t end)
{
    static const char *const OTHERS[] = {"it",   "they", "this", "that", "these", "those", "he",  "she", "we",   "you",
                                         "here", "there", "what", "which", "who",  "when",  "where", "how", "page", NULL};
    if (first >= end || end - first > NAME_TOKENS) return false;
    bool letter = false;
    for (size_t i = first; i < end; i++) {
        const struct token *t = &s->t[i];
        bool of = prose_is(s, i, "of") || prose_is(s, i, "to") || prose_is(s, i, "at") || prose_is(s, i, "in");
        if (t->kind == TOKEN_SIGN || is_any(s, i, OTHERS)) return false;
        bool listed = i > first && (t->gap & GAP_COMMA) && i + 1 < end; /* but "suspension, rear" */
        if (i > first && ((t->gap & (GAP_STOP | GAP_COLON)) || listed)) return false;
        if (prose_has(s, i, WORD_VERB | WORD_PRONOUN | WORD_AND | WORD_NEGATION) && !of) return false;
        if (of && (i == first || i + 1 == end)) return false;
        letter = letter || t->kind == TOKEN_WORD;
    }
    return letter;
}

/* Where the clause that holds token i ends: a comma or the sentence. */
static size_t clause_end(const struct prose_sentence *s, size_t i)
{
    size_t end = i + 1;
    while (end < s->n && !(s->t[end].gap & (GAP_COMMA | GAP_STOP)) && s->marks[end].before != BREAK_CLAUSE) end++;
    return end;
}

static bool set_value(const struct prose_sentence *s, struct prose_frame *f, size_t first, size_t end)
{
    static const char *const ARTICLES[] = {"a", "an", NULL};
    if (first < end && is_any(s, first, ARTICLES) && end - first > 1) first++;
    if (first >= end || end - first > VALUE_TOKENS) return false;
    f->value = (struct token_range){first, end};
    f->value_begin = s->t[first].begin;
    /* With the sign before it: "$3,385". */
    f->value_end = end < s->n ? s->t[end].begin : s->len;
    while (f->value_end > f->value_begin && strchr(" \t\n.,;!", s->text[f->value_end - 1])) f->value_end--;
    return f->value_end >= s->t[end - 1].end;
}

static bool set_name(const struct prose_sentence *s, struct prose_frame *f, size_t first, size_t end)
{
    if (!is_name(s, first, end)) return false;
    f->name = (struct token_range){first, end};
    f->name_begin = s->t[first].begin;
    f->name_end = s->t[end - 1].end;
    /* "suspension (front)" */
    if (s->text[f->name_end] == ')' && memchr(s->text + f->name_begin, '(', f->name_end - f->name_begin)) f->name_end++;
    return true;
}

/* "Bore: 82 mm." */
static bool colon_frame(const struct prose_sentence *s, struct prose_frame *f)
{
    size_t at = 1, begin = is_article(s, 0) ? 1 : 0;
    while (at < s->n && at <= NAME_TOKENS + 1 && !(s->t[at].gap & GAP_COLON)) at++;
    if (at >= s->n || !(s->t[at].gap & GAP_COLON)) return false;
    for (size_t i = at + 1; i < s->n; i++)
        if (s->t[i].gap & (GAP_COLON | GAP_COMMA)) return false;
    f->open = false;
    f->sure = true;
    return set_name(s, f, begin, at) && set_value(s, f, at, s->n);
}

/* "RW 5674", "NT-2119", "Grade 5", "Davo": capitals and digits alone. */
static bool is_code(const struct prose_sentence *s, const struct prose_frame *f)
{
    if (f->value.end - f->value.first > CODE_TOKENS + 2) return false;
    bool letter = false;
    size_t words = 0;
    for (size_t i = f->value.first; i < f->value.end; i++) {
        const struct token *t = &s->t[i];
        bool joined = i > f->value.first && (t->gap == GAP_NONE || t->gap == GAP_HYPHEN);
        words += !joined;
        if (t->kind == TOKEN_NUMBER || t->kind == TOKEN_SIGN) continue;
        letter = true;
        bool capital = s->text[t->begin] >= 'A' && s->text[t->begin] <= 'Z';
        if (!capital && !joined) return false;
    }
    return letter && words <= CODE_TOKENS;
}

/* "Its level is 17", "The bracket comes to FFR 217". */
static bool verb_frame(const struct prose_sentence *s, struct prose_frame *f)
{
    static const char *const TO[] = {"comes", "amounts", "came", "runs", NULL};
    bool its = prose_is(s, 0, "its");
    if (!its && !prose_is(s, 0, "the")) return false;
    for (size_t i = 2; i + 1 < s->n && i <= NAME_TOKENS + 1; i++) {
        bool to = is_any(s, i, TO) && prose_is(s, i + 1, "to");
        bool is = prose_is(s, i, "is") || (prose_is(s, i, "stands") && prose_is(s, i + 1, "at"));
        if (!to && !is) continue;
        size_t value = i + 1 + (to || !prose_is(s, i, "is"));
        f->open = is;
        f->sure = its || to;
        if (value >= s->n || !set_name(s, f, 1, i) || !set_value(s, f, value, clause_end(s, value))) return false;
        /* "The Valve Visor is Toluxvor": no vehicle is a code. */
        f->sure = f->sure || (f->value.end == s->n && is_code(s, f) && i > 2);
        return true;
    }
    return false;
}

/* "It has a trunk volume of 156 L", "With a bore of 82 mm, ...". */
static bool have_frame(const struct prose_sentence *s, struct prose_frame *f)
{
    static const char *const HAVE[] = {"has", "have", "with", "had", NULL};
    static const char *const ARTICLES[] = {"a", "an", NULL};
    for (size_t i = 0; i + 3 < s->n && i < 8; i++) {
        if (!is_any(s, i, HAVE) || !is_any(s, i + 1, ARTICLES)) continue;
        if (prose_is(s, i, "with") && i > 0) continue;
        size_t end = clause_end(s, i);
        for (size_t of = end; of-- > i + 3;) {
            if (!prose_is(s, of, "of")) continue;
            f->open = false;
            f->sure = true;
            if (set_name(s, f, i + 2, of) && set_value(s, f, of + 1, end)) return true;
        }
        return false;
    }
    return false;
}

/* "For the steering, the maker quotes rack-and-pinion". */
static bool quote_frame(const struct prose_sentence *s, struct prose_frame *f)
{
    static const char *const SAY[] = {"quotes", "gives", "states", "lists", "claims", "specifies", "names", "quote",
                                      "give",   "state", "list",   "claim", "specify", "declares",  NULL};
    if (s->n < 5 || !prose_is(s, 0, "for") || !is_article(s, 1)) return false;
    for (size_t comma = 3; comma < s->n && comma <= NAME_TOKENS + 2; comma++) {
        if (!(s->t[comma].gap & GAP_COMMA)) continue;
        for (size_t i = comma + 1; i + 1 < s->n && i < comma + 5; i++) {
            if (s->t[i].gap & GAP_COMMA) break; /* "the suspension, rear, ..." */
            if (!is_any(s, i, SAY)) continue;
            f->open = false;
            f->sure = true;
            return set_name(s, f, 2, comma) && set_value(s, f, i + 1, clause_end(s, i + 1));
        }
    }
    return false;
}

bool prose_frame_find(const struct prose_sentence *s, struct prose_frame *out)
{
    if (s->n < 3) return false;
    for (size_t i = 0; i < s->n; i++)
        if (s->words[i] & (WORD_NEGATION | WORD_UNREAL | WORD_FORMER | WORD_FLEET)) return false;
    return colon_frame(s, out) || verb_frame(s, out) || have_frame(s, out) || quote_frame(s, out);
}

/* "19-inch steel", "12 years / 120,000 miles": begins with a figure, and no statement goes on behind it. */
static bool begins_with_figure(const struct prose_sentence *s, const struct prose_frame *f)
{
    static const char *const SIZES[] = {"long", "wide", "high", "tall", "deep", "thick", NULL};
    if (s->t[f->value.first].kind != TOKEN_NUMBER) return false;
    for (size_t i = f->value.first; i < f->value.end; i++)
        if (prose_has(s, i, WORD_VERB | WORD_PRONOUN | WORD_PREPOSITION | WORD_MORE | WORD_LINK) ||
            prose_is(s, i, "with") || prose_is(s, i, "than") || is_any(s, i, SIZES))
            return false;
    return true;
}

/* Words that a text's value does not have: "very light", "light and precise". */
static bool is_opinion(const struct prose_sentence *s, const struct prose_frame *f)
{
    static const char *const WORDS[] = {"very", "quite", "so",   "too",  "more", "less", "well",  "rather", "and", "but",
                                        "as",   "not",   "also", "just", "still", "now", "really", "much",  "good", "better",
                                        "great", "best", NULL};
    for (size_t i = f->value.first; i < f->value.end; i++) {
        size_t len = strlen(s->t[i].key);
        if (s->t[i].gap == GAP_HYPHEN) continue; /* "rack-and-pinion" */
        if (prose_has(s, i, WORD_VERB | WORD_PRONOUN | WORD_MORE | WORD_HEDGE) || is_any(s, i, WORDS)) return true;
        if (len > 4 && strcmp(s->t[i].key + len - 2, "ly") == 0) return true;
    }
    return false;
}

/* Whether the rules for figures have rejected a figure of the value, or, if `bound`, made it one of another
 * attribute: "6-speed manual" is a gearbox, and six gears. */
static bool is_settled(const struct prose_sentence *s, const struct prose_frame *f, bool bound)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *m = &s->measures[k];
        bool inside = m->at.first < f->value.end && m->at.end > f->value.first;
        if (inside && (m->rejected || (bound && m->attribute >= 0))) return true;
    }
    return false;
}

/* Whether the value's one figure was bound by its unit, or the engine's name, to another attribute. */
static bool is_bound_by_unit(const struct prose_sentence *s, const struct prose_frame *f, int attribute)
{
    size_t n = 0;
    bool other = false;
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *m = &s->measures[k];
        if (!(m->at.first < f->value.end && m->at.end > f->value.first)) continue;
        n++;
        other = m->attribute >= 0 && m->attribute != attribute && m->cue == SIZE_MAX;
    }
    return n == 1 && other;
}

bool prose_frame_read(const struct prose_sentence *s, const struct prose_frame *f, enum number_style style,
                      struct prose_frame_fact *out)
{
    const char *text = s->text + f->value_begin;
    size_t len = f->value_end - f->value_begin;
    struct column_meaning meaning;
    struct value plain;
    value_parse(&plain, text, len, style, NULL, DIMENSION_NONE);
    const struct unit *unit = plain.kind == VALUE_NUMBER ? plain.parts[0].unit : NULL;
    registry_read_column(&meaning, s->text + f->name_begin, f->name_end - f->name_begin,
                         unit ? unit->dimension : DIMENSION_NONE);
    const struct attribute *a = meaning.attribute >= 0 ? &REGISTRY[meaning.attribute] : NULL;
    *out = (struct prose_frame_fact){.attribute = meaning.attribute,
                                     .qualifiers = meaning.qualifiers,
                                     .inverse = meaning.inverse,
                                     .value = plain,
                                     .category = -1};
    if (a && a->role != ROLE_NONE) return false;
    bool thing = a != NULL; /* "The car is red" */
    for (size_t i = f->name.first; i < f->name.end; i++)
        thing = thing || !prose_has(s, i, WORD_VEHICLE | WORD_VARIANT);
    if (!thing) return false;
    bool number = plain.kind == VALUE_NUMBER && plain.n_parts == 1 && !plain.parts[0].approximate &&
                  plain.parts[0].begin == 0 && plain.parts[0].end == len;
    bool code = is_code(s, f), settled = is_settled(s, f, false);
    /* "Its engine oil capacity is 3.6 liters": by its unit alone it was taken for the engine's. */
    out->instead = number && a && unit && !settled && a->dimension == unit->dimension && is_bound_by_unit(s, f, meaning.attribute);
    if (out->instead) return true;
    if (!code && is_settled(s, f, number)) return false;
    if (number && (!a || a->type == ATTRIBUTE_NUMBER)) {
        if (!a) return true;
        if (unit) return a->dimension == unit->dimension;
        return a->dimension == DIMENSION_NONE || a->dimension == DIMENSION_COUNT || a->dimension == DIMENSION_RATIO;
    }
    out->value.kind = VALUE_TEXT;
    bool figure = begins_with_figure(s, f);
    if (!a) return code || figure;
    if (a->type == ATTRIBUTE_NUMBER) return false;
    /* "Wagon (declared)": without the remark. */
    const char *bracket = memchr(text, '(', len);
    size_t bare = bracket && bracket > text + 1 ? (size_t)(bracket - text) : len;
    while (bare > 1 && text[bare - 1] == ' ') bare--;
    out->category = registry_read_category(meaning.attribute, text, bare);
    if (out->category >= 0 && !is_opinion(s, f)) return true;
    if (code || figure) return true;
    size_t words = f->value.end - f->value.first;
    /* "leatherette with grey seams": where the value ends is not sure. */
    for (size_t i = f->value.first; i < f->value.end && f->open; i++)
        if (prose_has(s, i, WORD_PREPOSITION)) return false;
    return a->type == ATTRIBUTE_TEXT && words <= TEXT_TOKENS && !is_opinion(s, f) && (!f->open || words > 1);
}
