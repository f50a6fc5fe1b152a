/* What a figure of a sentence is claimed of: the vehicle, the attribute and the qualifiers that
 * stand nearest to it. */
#include "answer/claims_parts.h"

#include <math.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

size_t label_of_token(const struct labelled *l, size_t token)
{
    for (size_t i = 0; i < l->n_labels; i++)
        if (token >= l->labels[i].first && token < l->labels[i].first + l->labels[i].n) return i;
    return SIZE_MAX;
}

/* The token that the part's number begins with. */
static size_t number_token(const struct labelled *l, const struct value_part *p)
{
    for (size_t i = 0; i < l->n_tokens; i++)
        if (l->tokens[i].kind == TOKEN_NUMBER && l->tokens[i].end > p->begin &&
            l->tokens[i].begin < p->end)
            return i;
    return SIZE_MAX;
}

static bool is_year(double v)
{
    return v >= 1885 && v <= 2049 && !(v > floor(v));
}

/* "1." before an entry of a list: its number. */
static bool is_entry_number(const struct claim_reader *r, const struct value_part *p)
{
    const char *s = r->sentence;
    size_t lead = strspn(s, " \t\n-*#");
    return !p->unit && p->begin <= lead && p->end < r->len &&
           (s[p->end] == '.' || s[p->end] == ')') &&
           (s[p->end + 1] == ' ' || s[p->end + 1] == '\0');
}

/* Whether a name is ordinary words, written small, that happen to stand in names or near them:
 * "seats 8" is no SEAT. */
bool mention_is_words(const struct labelled *l, const struct mention *m)
{
    const struct term *terms;
    size_t n_terms = 0;
    for (size_t i = m->first; i < m->first + m->n && i < l->n_tokens; i++)
        if (l->tokens[i].upper || l->tokens[i].kind == TOKEN_HAN) return false;
    if (m->corrected) return true;
    if (!registry_match(&l->tokens[m->first], l->n_tokens - m->first, &terms, &n_terms))
        return false;
    for (size_t i = 0; i < n_terms; i++)
        if (terms[i].kind == TERM_ATTRIBUTE) return true;
    return false;
}

static bool ignored(const struct claim_reader *r, const struct label *label)
{
    return label->kind == LABEL_MENTION && label->mention < r->l->n_mentions &&
           r->mentions[label->mention].ignored;
}

/* The bracket that opens right behind the part; 0: none. */
static unsigned bracket_behind(const struct claim_reader *r, size_t part)
{
    size_t token = r->part_token[part];
    if (token == SIZE_MAX) return 0;
    while (token < r->l->n_tokens && r->l->tokens[token].begin < r->parts[part].end) token++;
    if (token >= r->l->n_tokens || !(r->l->tokens[token].gap & GAP_OPEN)) return 0;
    return r->marks[token].bracket;
}

/* "23 entries meet this", "the average of": no figure is one vehicle's. */
bool sentence_counts_vehicles(const struct claim_reader *r)
{
    const struct labelled *l = r->l;
    for (size_t i = 0; i + 1 < l->n_labels; i++)
        if (l->labels[i].kind == LABEL_NUMBER && !l->labels[i].unit &&
            (label_is(&l->labels[i + 1], WORD_VEHICLE) ||
             label_is(&l->labels[i + 1], WORD_VERSION)))
            return true;
    return false;
}

/* Whether the part states something; fills in its token. */
bool claim_part_counts(struct claim_reader *r, size_t part)
{
    const struct value_part *p = &r->parts[part];
    size_t token = number_token(r->l, p);
    r->part_token[part] = token;
    if (token == SIZE_MAX || !isfinite(p->low) || !isfinite(p->high)) return false;
    if (!p->unit && is_year(p->low) && is_year(p->high)) return false;
    if (is_entry_number(r, p)) return false;
    size_t at = label_of_token(r->l, token);
    if (at == SIZE_MAX) return true;
    /* "9.5 L/100 km (2)": what tells a version. */
    unsigned bracket = r->marks[token].bracket;
    for (size_t i = 0; bracket && !p->unit && i < part; i++)
        if (r->part_token[i] != SIZE_MAX && bracket_behind(r, i) == bracket) return false;
    switch (r->l->labels[at].kind) {
    case LABEL_MENTION:
        return ignored(r, &r->l->labels[at]);
    case LABEL_YEAR:
    case LABEL_DOCUMENT:
        return false;
    case LABEL_TERM: /* "0-60 mph": an attribute's name */
    case LABEL_COLUMN:
        return r->l->labels[at].n == 1 && r->l->tokens[token].number == p->low;
    default:
        return true;
    }
}

/* How far the token is from the label: what stands between them, a name counted once and small
 * words not at all, and what parts them. */
static size_t distance(const struct labelled *l, size_t token, size_t label)
{
    size_t at = label_of_token(l, token), d = 1;
    if (at == SIZE_MAX) return SIZE_MAX / 2;
    size_t first = at < label ? at : label, last = at < label ? label : at;
    for (size_t i = first + 1; i <= last; i++) {
        const struct label *w = &l->labels[i];
        bool small =
            w->kind == LABEL_YEAR || label_is(w, WORD_FUNCTION) || label_is(w, WORD_FILLER);
        if (i < last && !small) d++;
        for (size_t t = w->first; t < w->first + w->n; t++) {
            unsigned gap = l->tokens[t].gap;
            if (t > w->first && w->kind == LABEL_MENTION) continue;
            if (gap & (GAP_COMMA | GAP_STOP)) d += 6;
            if (gap & GAP_OPEN) d += 4;
        }
    }
    return d;
}

/* ---- vehicles ---- */

static bool joins(const struct label *l)
{
    return label_is(l, WORD_AND) || label_is(l, WORD_OR) || label_is(l, WORD_WHAT_ABOUT) ||
           label_is(l, WORD_FUNCTION) || label_is(l, WORD_FILLER) || l->kind == LABEL_YEAR;
}

/* Whether only "and the" stands between two mentions. */
static bool joined(const struct labelled *l, const struct mention *a, const struct mention *b)
{
    bool any = false;
    for (size_t t = a->first + a->n; t < b->first; t++) {
        size_t at = label_of_token(l, t);
        if (at == SIZE_MAX) return false;
        if (l->labels[at].kind == LABEL_MENTION) continue;
        if (!joins(&l->labels[at])) return false;
        any = any || label_is(&l->labels[at], WORD_AND) || label_is(&l->labels[at], WORD_OR) ||
              label_is(&l->labels[at], WORD_WHAT_ABOUT); /* "and the" */
    }
    return any || (l->tokens[b->first].gap & GAP_COMMA);
}

/* A name, or a word that stands for the one named before it. */
struct anchor {
    size_t token;
    size_t mention; /* SIZE_MAX: the vehicle of the sentence before */
};

/* The anchors of the sentence in order; at most twice the mentions. */
static size_t find_anchors(const struct claim_reader *r, struct anchor *out)
{
    const struct labelled *l = r->l;
    size_t n = 0, last = SIZE_MAX;
    for (size_t i = 0; i < l->n_labels && n < 2 * QUESTION_MAX_MENTIONS; i++) {
        const struct label *label = &l->labels[i];
        bool pronoun = label->kind == LABEL_WORD && label_is(label, WORD_PRONOUN);
        if (ignored(r, label)) continue;
        if (label->kind == LABEL_MENTION && label->mention < l->n_mentions) {
            if (n && out[n - 1].mention == label->mention) continue;
            last = label->mention;
        } else if (!pronoun || (last == SIZE_MAX && r->n_carried == 0)) {
            continue;
        }
        out[n++] = (struct anchor){label->first, last};
    }
    return n;
}

static size_t first_number(const struct claim_reader *r)
{
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->part_token[i] != SIZE_MAX) return r->part_token[i];
    return SIZE_MAX;
}

/* Figures of the part's dimension: how many there are, and which of them it is. */
static size_t figures_alike(const struct claim_reader *r, size_t part, size_t *which)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct unit *a = r->parts[i].unit, *b = r->parts[part].unit;
        if (r->part_token[i] == SIZE_MAX || (a != NULL) != (b != NULL)) continue;
        if (a && a->dimension != b->dimension) continue;
        if (i == part) *which = n;
        n++;
    }
    return n;
}

static bool mentions_meet(const struct mention *a, const struct mention *b)
{
    for (size_t i = 0, k = 0; i < a->n_records && k < b->n_records;) {
        if (a->records[i] == b->records[k]) return true;
        if (a->records[i] < b->records[k])
            i++;
        else
            k++;
    }
    return false;
}

/* Not where the sentence is about another vehicle: the "M6" of a Subaru is a gearbox. */
static bool may_be_version(const struct claim_reader *r, const struct anchor *anchors, size_t n,
                           size_t mention)
{
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        if (r->marks[anchors[i].token].bracket || anchors[i].mention == SIZE_MAX) continue;
        if (mentions_meet(&r->l->mentions[anchors[i].mention], &r->l->mentions[mention]))
            return true;
        open = true;
    }
    return !open;
}

/* "239 mi (X power)": the name in brackets behind the figure is its own, and no other's. */
static bool find_bracketed(const struct claim_reader *r, const struct anchor *anchors, size_t n,
                           struct claim_draft *d)
{
    unsigned bracket = bracket_behind(r, d->part);
    d->n_subjects = 0;
    for (size_t i = 0; bracket && i < n; i++) {
        if (r->marks[anchors[i].token].bracket != bracket || anchors[i].mention == SIZE_MAX)
            continue;
        if (!may_be_version(r, anchors, n, anchors[i].mention)) continue;
        if (d->n_subjects < QUERY_MAX_SUBJECTS) d->subjects[d->n_subjects++] = anchors[i].mention;
    }
    return d->n_subjects > 0;
}

/* Where a sentence begins with a name, figures are of the last one before them; where it begins
 * with a figure ("203 hp for the Camry"), of the next one behind them. */
static void find_subjects(const struct claim_reader *r, size_t token, struct claim_draft *d)
{
    const struct labelled *l = r->l;
    struct anchor anchors[2 * QUESTION_MAX_MENTIONS];
    size_t n = find_anchors(r, anchors), at = SIZE_MAX, open = 0;
    if (find_bracketed(r, anchors, n, d)) return;
    for (size_t i = 0; i < n; i++) {
        unsigned bracket = r->marks[anchors[i].token].bracket;
        if (bracket == 0 || bracket == r->marks[token].bracket) anchors[open++] = anchors[i];
    }
    n = open;
    d->n_subjects = 1;
    d->subjects[0] = SIZE_MAX;
    if (n == 0) return;
    if (anchors[0].token < first_number(r)) {
        for (size_t i = 0; i < n && anchors[i].token < token; i++) at = i;
    } else {
        for (size_t i = n; i-- > 0 && (anchors[i].token > token || at == SIZE_MAX);) at = i;
    }
    if (at == SIZE_MAX) return;
    size_t first = anchors[at].mention;
    d->subjects[0] = first;
    if (first == SIZE_MAX || anchors[at].token > token) return;
    /* "The A and the B": both, or one figure each. */
    for (size_t i = first; i > 0 && joined(l, &l->mentions[i - 1], &l->mentions[i]); i--) {
        if (d->n_subjects == QUERY_MAX_SUBJECTS) break;
        d->subjects[d->n_subjects++] = i - 1;
    }
    size_t which = 0;
    if (d->n_subjects > 1 && figures_alike(r, d->part, &which) == d->n_subjects) {
        d->subjects[0] = first - (d->n_subjects - 1 - which);
        d->n_subjects = 1;
    }
}

/* "1.6 L/100 km less than the Y": what the figure is, and of which two. */
static bool find_difference(const struct claim_reader *r, size_t token, const struct value_part *p,
                            struct claim_draft *d)
{
    const struct labelled *l = r->l;
    size_t at = label_of_token(l, token), last = token;
    while (last + 1 < l->n_tokens && l->tokens[last + 1].begin < p->end) last++;
    at = label_of_token(l, last);
    if (at == SIZE_MAX || at + 1 >= l->n_labels) return false;
    const struct label *next = &l->labels[at + 1];
    /* "less than" may be one phrase of the lexicon. */
    bool phrase = label_is(next, WORD_UNDER) || label_is(next, WORD_OVER);
    bool compares = phrase || label_is(next, WORD_MORE) || label_is(next, WORD_LESS) ||
                    label_is(next, WORD_BETTER) || label_is(next, WORD_WORSE);
    for (size_t i = 0; next->kind == LABEL_TERM && i < next->n_terms; i++)
        compares = compares || next->terms[i].comparative != 0;
    if (!compares) return false;
    size_t than = at + 1;
    while (!phrase && than < l->n_labels && than < at + 5 && !label_is(&l->labels[than], WORD_THAN))
        than++;
    if (than >= l->n_labels || (!phrase && !label_is(&l->labels[than], WORD_THAN))) return false;
    /* Behind it stands the other vehicle, not a number. */
    for (size_t i = than + 1; i < l->n_labels && l->labels[i].kind != LABEL_MENTION; i++)
        if (l->labels[i].kind == LABEL_NUMBER) return false;
    size_t other = SIZE_MAX, own = SIZE_MAX;
    for (size_t i = 0; i < l->n_mentions; i++) {
        if (l->mentions[i].first < token) own = i;
        if (other == SIZE_MAX && l->mentions[i].first > l->labels[than].first) other = i;
    }
    if (other == SIZE_MAX) return false;
    d->n_subjects = 1;
    d->subjects[0] = own;
    d->other = other;
    return true;
}

/* ---- attributes ---- */

/* A figure without a unit is rather a count than a length. */
static size_t unit_penalty(const struct unit *unit, const struct query_attribute *a)
{
    if (unit || a->attribute < 0) return 0;
    enum dimension d = REGISTRY[a->attribute].dimension;
    return d == DIMENSION_COUNT || d == DIMENSION_NONE ? 0 : 4;
}

static bool unit_fits(const struct unit *unit, enum dimension d)
{
    if (!unit) return true;
    return unit->dimension == d;
}

/* The vehicle that the draft is about has such a column. */
static bool vehicle_has(const struct claim_reader *r, const struct claim_draft *d,
                        const struct query_attribute *a)
{
    const size_t *records = r->carried;
    size_t n = r->n_carried;
    if (d->n_subjects && d->subjects[0] != SIZE_MAX) {
        size_t subject = r->mentions[d->subjects[0]].subject;
        if (subject == SIZE_MAX) return false;
        records = r->q->subjects[subject].records;
        n = r->q->subjects[subject].n_records;
    }
    return n > 0 && columns_have(r->c, records, n, a);
}

/* The attribute of a label that a figure in this unit can be of, rather one that the vehicle has;
 * false: none. */
static bool attribute_fits(const struct claim_reader *r, const struct claim_draft *d,
                           const struct label *label, const struct unit *unit,
                           struct query_attribute *out)
{
    bool any = false;
    for (size_t i = 0; label->kind == LABEL_TERM && i < label->n_terms; i++) {
        const struct term *t = &label->terms[i];
        if (t->kind != TERM_ATTRIBUTE || (size_t)t->id >= REGISTRY_COUNT) continue;
        const struct attribute *a = &REGISTRY[t->id];
        if (a->role != ROLE_NONE && a->role != ROLE_QUANTITY) continue;
        if (a->type != ATTRIBUTE_NUMBER || !unit_fits(unit, a->dimension)) continue;
        struct query_attribute fits = {.attribute = t->id,
                                       .name = a->names[0],
                                       .key = "",
                                       .qualifiers = t->qualifiers,
                                       .inverse = t->inverse};
        bool has = vehicle_has(r, d, &fits);
        if (any && !has) continue;
        *out = fits;
        any = true;
        if (has) return true;
    }
    for (size_t i = 0; label->kind == LABEL_COLUMN && i < label->n_ids; i++) {
        const struct catalog_column *c = &r->c->columns[label->ids[i]];
        if (!c->has_numbers) continue;
        if (c->attribute >= 0 && !unit_fits(unit, REGISTRY[c->attribute].dimension)) continue;
        if (c->attribute < 0 && unit && c->unit && c->unit->dimension != unit->dimension) continue;
        *out = (struct query_attribute){.attribute = c->attribute,
                                        .name = c->name,
                                        .key = c->attribute >= 0 ? "" : c->key,
                                        .qualifiers = c->qualifiers};
        return true;
    }
    return any;
}

/* Words read as a name are looked at for what else they say. */
static struct label plain_label(const struct claim_reader *r, size_t i)
{
    struct label label = r->l->labels[i];
    if (!ignored(r, &label)) return label;
    label.kind = LABEL_TERM;
    if (!registry_match(&r->l->tokens[label.first], r->l->n_tokens - label.first, &label.terms,
                        &label.n_terms))
        label.n_terms = 0;
    return label;
}

/* What this sentence speaks of, for those behind it that do not say it again. */
void carry_attributes(struct claim_reader *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->l->n_labels && n < QUERY_MAX_ATTRIBUTES; i++) {
        struct label label = plain_label(r, i);
        struct query_attribute a;
        for (size_t k = 0; label.kind == LABEL_TERM && k < label.n_terms; k++) {
            const struct term *t = &label.terms[k];
            if (t->kind != TERM_ATTRIBUTE || (size_t)t->id >= REGISTRY_COUNT) continue;
            if (REGISTRY[t->id].type != ATTRIBUTE_NUMBER || REGISTRY[t->id].role != ROLE_NONE)
                continue;
            a = (struct query_attribute){.attribute = t->id,
                                         .name = REGISTRY[t->id].names[0],
                                         .key = "",
                                         .qualifiers = t->qualifiers};
            for (size_t q = 0; q < r->l->n_labels; q++)
                for (size_t m = 0;
                     r->l->labels[q].kind == LABEL_TERM && m < r->l->labels[q].n_terms; m++)
                    if (r->l->labels[q].terms[m].kind == TERM_QUALIFIER &&
                        r->l->labels[q].n_terms == 1 && r->l->labels[q].terms[m].id < 64)
                        a.qualifiers |= 1ull << r->l->labels[q].terms[m].id;
            r->carried_attributes[n++] = a;
            break;
        }
    }
    if (n) r->n_carried_attributes = n;
}

static bool take_carried(const struct claim_reader *r, const struct unit *unit,
                         struct claim_draft *d)
{
    for (size_t i = 0; unit && i < r->n_carried_attributes; i++) {
        const struct query_attribute *a = &r->carried_attributes[i];
        if (REGISTRY[a->attribute].dimension != unit->dimension) continue;
        d->attribute = *a;
        d->attribute_known = true;
        return true;
    }
    return false;
}

static void find_attribute(const struct claim_reader *r, size_t token, const struct value_part *p,
                           struct claim_draft *d)
{
    const struct labelled *l = r->l;
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < l->n_labels; i++) {
        struct query_attribute a;
        struct label label = plain_label(r, i);
        if (!attribute_fits(r, d, &label, p->unit, &a)) continue;
        /* The words of the figure's own unit name no other attribute: "203 horsepower". */
        bool own = token >= label.first && token < label.first + label.n;
        if (own && !ignored(r, &l->labels[i])) continue;
        size_t away = distance(l, token, i) + unit_penalty(p->unit, &a);
        bool before = l->labels[i].first < token;
        if (away > nearest || (away == nearest && !before)) continue;
        nearest = away;
        d->attribute = a;
        d->attribute_known = true;
    }
    if (d->attribute_known || !p->unit || take_carried(r, p->unit, d)) return;
    /* By its unit alone: "makes 203 hp". */
    struct column_meaning meaning;
    registry_read_column(&meaning, p->unit->symbol, strlen(p->unit->symbol), p->unit->dimension);
    if (meaning.attribute < 0 || REGISTRY[meaning.attribute].dimension != p->unit->dimension)
        return;
    d->attribute = (struct query_attribute){
        .attribute = meaning.attribute, .name = REGISTRY[meaning.attribute].names[0], .key = ""};
    d->attribute_known = true;
}

/* Of each family of qualifiers one member. Where the first of the family stands before all figures
 * ("highway 18, city 16") it is the last one before the figure, else the first one behind it. */
static void find_qualifiers(const struct claim_reader *r, size_t token, struct claim_draft *d)
{
    const struct labelled *l = r->l;
    struct {
        int family;
        uint64_t before, behind;
        bool leads;
    } found[16];
    size_t n = 0, number = first_number(r);
    for (size_t i = 0; i < l->n_labels; i++) {
        for (size_t k = 0; l->labels[i].kind == LABEL_TERM && k < l->labels[i].n_terms; k++) {
            const struct term *t = &l->labels[i].terms[k];
            size_t at = 0;
            if (t->kind != TERM_QUALIFIER || t->id < 0 || t->id >= 64) continue;
            while (at < n && found[at].family != QUALIFIERS[t->id].family) at++;
            if (at == n) {
                if (n == sizeof found / sizeof *found) continue;
                found[n].family = QUALIFIERS[t->id].family;
                found[n].before = found[n].behind = 0;
                found[n++].leads = l->labels[i].first < number;
            }
            if (l->labels[i].first < token)
                found[at].before = 1ull << t->id;
            else if (!found[at].behind)
                found[at].behind = 1ull << t->id;
        }
    }
    for (size_t i = 0; i < n; i++) {
        bool said = false;
        for (size_t k = 0; k < QUALIFIER_COUNT && k < 64; k++)
            said = said ||
                   ((d->attribute.qualifiers >> k & 1) && QUALIFIERS[k].family == found[i].family);
        uint64_t first = found[i].leads ? found[i].before : found[i].behind;
        uint64_t other = found[i].leads ? found[i].behind : found[i].before;
        if (!said) d->attribute.qualifiers |= first ? first : other;
    }
}

/* ---- comparators ---- */

static enum comparator negated(enum comparator c)
{
    switch (c) {
    case COMPARE_EQUAL:
        return COMPARE_NOT_EQUAL;
    case COMPARE_MORE:
        return COMPARE_AT_MOST;
    case COMPARE_LESS:
        return COMPARE_AT_LEAST;
    case COMPARE_AT_MOST:
        return COMPARE_MORE;
    case COMPARE_AT_LEAST:
        return COMPARE_LESS;
    default:
        return c;
    }
}

/* Whether one of the phrases stands right before the figure's first digit. */
static bool stands_before(const struct claim_reader *r, const struct value_part *p, const char *const *phrases, size_t n)
{
    size_t end = p->begin;
    while (end < p->end && !isdigit((unsigned char)r->sentence[end])) end++;
    while (end > 0 && strchr(" $", r->sentence[end - 1])) end--;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(phrases[i]);
        if (end >= len && strncasecmp(r->sentence + end - len, phrases[i], len) == 0 &&
            (end == len || r->sentence[end - len - 1] == ' '))
            return true;
    }
    return false;
}

/* "can tow up to 12,000 lb" says what the most is; "more than 11,000 lb" that it is not 11,000. */
static enum comparator stated_bound(const struct claim_reader *r, const struct value_part *p, enum comparator found)
{
    static const char *const UP_TO[] = {"up to", "as much as", "bis zu", "jusqu'\u00e0", "jusqu\u2019\u00e0", "hasta"};
    static const char *const MORE[] = {"more than", "over", "above", "mehr als", "\u00fcber", "plus de", "m\u00e1s de"};
    static const char *const LESS[] = {"less than", "under", "below", "weniger als", "unter", "moins de", "menos de"};
    if (found == COMPARE_AT_MOST && stands_before(r, p, UP_TO, sizeof UP_TO / sizeof *UP_TO)) return COMPARE_EQUAL;
    if (found == COMPARE_AT_LEAST && stands_before(r, p, MORE, sizeof MORE / sizeof *MORE)) return COMPARE_MORE;
    if (found == COMPARE_AT_MOST && stands_before(r, p, LESS, sizeof LESS / sizeof *LESS)) return COMPARE_LESS;
    return found;
}

/* The words right before the figure: "more than", "about", "not". */
static enum comparator find_comparator(const struct claim_reader *r, size_t token,
                                       const struct value_part *p)
{
    const struct labelled *l = r->l;
    enum comparator found = p->at_most       ? COMPARE_AT_MOST
                            : p->at_least    ? COMPARE_AT_LEAST
                            : p->approximate ? COMPARE_ABOUT
                                             : COMPARE_EQUAL;
    if (p->low < p->high) return COMPARE_BETWEEN;
    bool than = false, said = false;
    size_t at = label_of_token(l, token);
    for (size_t i = at, back = 0; at != SIZE_MAX && i > 0 && back < 4; i--, back++) {
        const struct label *w = &l->labels[i - 1];
        if (label_is(w, WORD_NOT)) return negated(found);
        if (than && label_is(w, WORD_MORE)) {
            found = COMPARE_MORE;
            than = false;
        } else if (than && label_is(w, WORD_LESS)) {
            found = COMPARE_LESS;
            than = false;
        } else if (said) {
            break;
        } else if (label_is(w, WORD_THAN)) {
            than = true;
            continue;
        } else if (label_is(w, WORD_OVER)) {
            found = COMPARE_MORE;
        } else if (label_is(w, WORD_UNDER)) {
            found = COMPARE_LESS;
        } else if (label_is(w, WORD_AT_LEAST)) {
            found = COMPARE_AT_LEAST;
        } else if (label_is(w, WORD_AT_MOST)) {
            found = COMPARE_AT_MOST;
        } else if (label_is(w, WORD_ABOUT)) {
            found = COMPARE_ABOUT;
        } else if (label_is(w, WORD_FUNCTION) || label_is(w, WORD_FILLER)) {
            continue;
        } else {
            break;
        }
        said = true;
    }
    return stated_bound(r, p, found);
}

/* Whether an average or a sum is said before the figure, outside of brackets of its own. */
static bool is_aggregate(const struct claim_reader *r, size_t token)
{
    const struct labelled *l = r->l;
    for (size_t i = 0; i < l->n_labels && l->labels[i].first < token; i++)
        if ((label_is(&l->labels[i], WORD_AVERAGE) || label_is(&l->labels[i], WORD_SUM)) &&
            l->labels[i].kind == LABEL_WORD)
            return true;
    return false;
}

bool draft_make(struct claim_reader *r, size_t part, struct claim_draft *out)
{
    const struct value_part *p = &r->parts[part];
    size_t token = r->part_token[part];
    *out = (struct claim_draft){.part = part, .other = SIZE_MAX};
    if (!find_difference(r, token, p, out)) find_subjects(r, token, out);
    find_attribute(r, token, p, out);
    if (out->attribute_known) find_qualifiers(r, token, out);
    out->comparator = find_comparator(r, token, p);
    out->many = (r->counts_vehicles || is_aggregate(r, token)) && bracket_behind(r, part) == 0;
    return true;
}
