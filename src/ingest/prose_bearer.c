/* Whose figure it is: the vehicle or version that a name in the sentence, its clause or the sentence before says. */
#include "ingest/prose_reader.h"

#include <stdlib.h>
#include <string.h>

static void key_of(const struct prose_sentence *s, size_t first, size_t end, char *key, size_t room)
{
    size_t used = 0;
    key[0] = '\0';
    for (size_t i = first; i < end; i++) {
        size_t n = strlen(s->t[i].key);
        if (used + n + 2 > room) break;
        if (used) key[used++] = ' ';
        memcpy(key + used, s->t[i].key, n + 1);
        used += n;
    }
}

const char *prose_text_of(struct prose_reader *r, const struct prose_sentence *s, size_t first,
                           size_t end)
{
    if (first >= end) return "";
    return prose_string(r, s->text + s->t[first].begin, s->t[end - 1].end - s->t[first].begin);
}

struct bearer prose_bearer_own(const struct prose_subject *own)
{
    struct bearer b = {.kind = own->known ? BEARER_OWN : BEARER_NONE, .s = own->s};
    return b;
}

/* The bearer that a mention names. */
struct bearer prose_bearer_of_mention(struct prose_reader *r, const struct prose_sentence *s,
                                       const struct prose_mention *m)
{
    const struct prose_subject *own = prose_section(r);
    struct bearer b = prose_bearer_own(own);
    if (m->kind == MENTION_OWN) return b;
    if (m->kind == MENTION_KNOWN) {
        b = (struct bearer){.kind = BEARER_VARIANT, .s = m->known->s};
        if (own->known && !b.s.year_first && !b.s.year_last) {
            b.s.year_first = own->s.year_first;
            b.s.year_last = own->s.year_last;
        }
        key_of(s, m->name.first, m->name.end, b.key, sizeof b.key);
        return b;
    }
    if (m->kind == MENTION_OTHER) {
        b = (struct bearer){.kind = BEARER_OTHER,
                            .s = {.make = "", .model = "", .trim = "", .make_number = -1}};
        if (m->of_make) {
            b = (struct bearer){.kind = BEARER_VARIANT, .s = *m->of_make};
            key_of(s, m->name.first, m->name.end, b.key, sizeof b.key);
            return b;
        }
        if (own->known) return b; /* not this section's: its figures are left out */
        b.s.make = prose_text_of(r, s, m->name.first, m->name.first + m->n_make);
        make_match(s->t + m->name.first, m->n_make, &b.s.make_number);
        b.s.model = prose_text_of(r, s, m->name.first + m->n_make, m->name.end);
        size_t before = m->name.first;
        if (before > 0 && s->t[before - 1].kind == TOKEN_NUMBER &&
            strlen(s->t[before - 1].key) == 4 && s->t[before - 1].number >= YEAR_FIRST_EVER &&
            s->t[before - 1].number <= YEAR_LAST_EVER)
            b.s.year_first = b.s.year_last = (int)s->t[before - 1].number;
        else
            b.s.year_first = b.s.year_last = r->names.year;
        key_of(s, m->name.first, m->name.end, b.key, sizeof b.key);
        return b;
    }
    if (!own->known) { /* "The F-150" under "Ford" */
        bool named = *own->s.make && m->is_subject && m->phrase == 0;
        b = (struct bearer){.kind = named ? BEARER_OTHER : BEARER_NONE, .s = own->s};
        b.s.model = prose_text_of(r, s, m->name.first, m->name.end);
        key_of(s, m->name.first, m->name.end, b.key, sizeof b.key);
        return b;
    }
    b.kind = BEARER_VARIANT;
    bool follows_model = m->at.first < m->name.first; /* "Tessaro E-Hybrid" */
    const char *name = prose_text_of(r, s, m->name.first, m->name.end);
    buffer_clear(&r->scratch);
    buffer_puts(&r->scratch, name);
    if (*own->s.trim) buffer_printf(&r->scratch, ", %s", own->s.trim);
    b.s.trim = prose_string(r, buffer_text(&r->scratch), r->scratch.len);
    key_of(s, m->name.first, m->name.end, b.key, sizeof b.key);
    if (follows_model && !prose_known_add(&r->names, &b.s)) r->failed = true;
    return b;
}

static bool undecided(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = begin; i < m->at.first; i++)
        if (!strcmp(s->t[i].key, "letzterer") || !strcmp(s->t[i].key, "ersterer")) return true;
    for (size_t i = 0; i < s->n; i++)
        if (s->marks[i].bracket != s->marks[m->at.first].bracket)
            continue;
        else if (!strcmp(s->t[i].key, "respectively") || !strcmp(s->t[i].key, "beziehungsweise") ||
                 !strcmp(s->t[i].key, "respectivement") || !strcmp(s->t[i].key, "respectivamente"))
            return true;
    return false;
}

/* Whether what stands between a name and a figure is said of the name: no comma, or a participle
 * right behind it. */
static bool reaches(const struct prose_sentence *s, const struct prose_mention *p, size_t to)
{
    size_t commas = 0;
    bool participle = false;
    for (size_t i = p->at.end; i <= to; i++) {
        if (s->marks[i].before == BREAK_CLAUSE) return false;
        if (s->marks[i].before != BREAK_COMMA) continue;
        size_t n = strlen(s->t[i].key);
        if (commas++ == 0 && i <= p->at.end + 8)
            participle = (n > 4 && !strcmp(s->t[i].key + n - 3, "ing")) ||
                         (i <= p->at.end + 3 && prose_has(s, i, WORD_PREPOSITION));
    }
    return commas == 0 || participle || p->is_subject;
}

/* "the Lunga at 29,400 euros and the Sprint at": between a name and the figure another one stands, which
 * nothing has introduced. */
static bool names_unknown(const struct prose_sentence *s, const struct prose_mention *mentions, size_t n, size_t from,
                          size_t to)
{
    bool and = false;
    for (size_t i = from; i < to; i++) {
        bool known = false;
        for (size_t k = 0; k < n; k++) known = known || (mentions[k].at.first <= i && i < mentions[k].at.end);
        if (known) continue;
        and = and || prose_has(s, i, WORD_AND) || s->marks[i].before == BREAK_COMMA;
        if (and && i > from && s->t[i].upper && s->t[i].kind == TOKEN_WORD && !s->in_measure[i] &&
            prose_has(s, i - 1, WORD_ARTICLE) && !(s->words[i] & (WORD_NO_NAME | WORD_ENGINE | WORD_VEHICLE)))
            return true;
    }
    return false;
}

/* "and takes the Fabia from 0 to 100 km/h in": the vehicle is moved by what the sentence is about. */
static bool is_moved(const struct prose_sentence *s, const struct prose_mention *p)
{
    static const char *const VERBS[] = {"takes", "propels", "pushes", "launches", "catapults", "brings", "sends", "moves",
                                        "hurls", "hustles", "gets",   "helps",    "lets",      "powers", "drives", "hauls",
                                        "bringt", "treibt", "schiebt", "propulse", "emmene",   "mueve"};
    for (size_t k = 0; p->kind == MENTION_OWN && p->phrase > 0 && k < sizeof VERBS / sizeof *VERBS; k++)
        if (prose_is(s, p->phrase - 1, VERBS[k])) return true;
    return false;
}

/* "the Cormorant, which is 7.7 metres long, is", "the F9Q, whose plug takes 22 Nm": where the clause begins that
 * is said of the name before it; SIZE_MAX: the figure stands in none. */
static size_t relative_begin(const struct prose_sentence *s, const struct prose_measure *m)
{
    static const char *const WHOSE[] = {"whose", "dont", "dessen", "deren", "cuyo", "cuya"};
    for (size_t i = m->at.first; i-- > 1;) {
        bool whose = false;
        for (size_t k = 0; k < sizeof WHOSE / sizeof *WHOSE; k++) whose = whose || prose_is(s, i, WHOSE[k]);
        if (whose && prose_has(s, i - 1, WORD_AND)) continue; /* "and whose": as the one before */
        if (whose || (prose_is(s, i, "which") && !prose_has(s, i - 1, WORD_PREPOSITION))) return i;
        if (s->marks[i].before >= BREAK_COMMA) return SIZE_MAX;
    }
    return SIZE_MAX;
}

static double engine_size(const struct prose_sentence *s, const struct prose_mention *m)
{
    const struct token *t = &s->t[m->name.first];
    bool size = m->name.end > m->name.first && t->kind == TOKEN_NUMBER && t->end - t->begin == 3;
    return size ? strtod(s->text + t->begin, NULL) : 0;
}

void prose_pair_find(struct prose_reader *r, const struct prose_sentence *s, const struct prose_mention *mentions, size_t n,
                      struct prose_pair *out)
{
    *out = (struct prose_pair){.known = false};
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        const struct prose_mention *m = &mentions[k];
        if (m->kind == MENTION_OWN && m->name.first == m->name.end) continue;
        if (m->kind == MENTION_OTHER) found = 3;
        struct bearer b = prose_bearer_of_mention(r, s, m);
        if (found && !strcmp(b.key, out->first.key)) continue;
        if (found == 2 && !strcmp(b.key, out->second.key)) continue;
        if (found < 2) {
            *(found ? &out->second : &out->first) = b;
            out->sizes[found] = engine_size(s, m);
        }
        found++;
    }
    out->known = found == 2;
}

/* "The latter reaches 62 mph in 6.5 seconds; the smaller engine needs 8.3": which of the two the figure's clause
 * is about; NULL: it says none, or they are not known (*said). */
static const struct bearer *find_in_pair(const struct prose_sentence *s, const struct prose_measure *m, const struct prose_pair *pair,
                                         bool *said)
{
    static const char *const SMALLER[] = {"smaller", "lesser", "weaker"}, *const LARGER[] = {"larger", "bigger", "stronger"};
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE);
    int which = 0; /* 1, 2: first, second; -1, -2: smaller, larger */
    for (size_t i = begin; i < m->at.first; i++) {
        if (prose_is(s, i, "former") && i > 0 && prose_has(s, i - 1, WORD_ARTICLE)) which = 1;
        if (prose_is(s, i, "latter")) which = 2;
        bool thing = prose_is(s, i + 1, "engine") || prose_is(s, i + 1, "one") || prose_is(s, i + 1, "motor") ||
                     prose_is(s, i + 1, "unit");
        for (size_t k = 0; thing && i > 0 && prose_has(s, i - 1, WORD_ARTICLE) && k < 3; k++)
            which = prose_is(s, i, SMALLER[k]) ? -1 : prose_is(s, i, LARGER[k]) ? -2 : which;
    }
    *said = which != 0;
    if (!which || !pair->known) return NULL;
    if (which > 0) return which == 1 ? &pair->first : &pair->second;
    if (pair->sizes[0] == pair->sizes[1] || !(pair->sizes[0] > 0) || !(pair->sizes[1] > 0)) return NULL;
    return (pair->sizes[0] < pair->sizes[1]) == (which == -1) ? &pair->first : &pair->second;
}

struct bearer prose_bearer_find(struct prose_reader *r, const struct prose_sentence *s, const struct prose_measure *m,
                                struct prose_search *search)
{
    static const struct bearer NONE = {.kind = BEARER_NONE};
    const struct prose_mention *mentions = search->mentions;
    size_t n = search->n;
    search->in_remark = false;
    search->also_from = search->also_end = 0;
    if (undecided(s, m)) return NONE;
    bool one_of_two;
    const struct bearer *of_pair = find_in_pair(s, m, search->pair, &one_of_two);
    if (one_of_two) return of_pair ? *of_pair : NONE;
    size_t relative = relative_begin(s, m);
    for (size_t k = 0; relative != SIZE_MAX && k < n; k++)
        if (mentions[k].at.end == relative) return prose_bearer_of_mention(r, s, &mentions[k]);
    if (relative != SIZE_MAX && prose_is_name(&s->t[relative - 1]) && !s->in_measure[relative - 1] &&
        strcmp(r->names.language, "de") != 0)
        return NONE;
    bool range = s->parts[m->first_part].low < s->parts[m->first_part].high;
    for (size_t k = 0; k < n; k++) {
        const struct prose_mention *p = &mentions[k];
        bool inside = p->phrase <= m->at.first && m->at.end <= p->at.first &&
                      !prose_parted(s, p->at.first, BREAK_COMMA);
        if (inside && p->kind != MENTION_OWN) return prose_bearer_of_mention(r, s, p);
    }
    for (size_t k = 0; k < n; k++) {
        const struct prose_mention *p = &mentions[k];
        if (p->at.first < m->remark.first || p->at.end > m->remark.end || p->kind == MENTION_OWN)
            continue;
        bool several = p->joined || (k + 1 < n && mentions[k + 1].joined &&
                                     mentions[k + 1].at.first < m->remark.end);
        if (range || several) return prose_bearer_own(prose_section(r));
        search->in_remark = true;
        return prose_bearer_of_mention(r, s, p);
    }
    for (size_t k = n; k-- > 0;) {
        const struct prose_mention *p = &mentions[k];
        if (p->at.end > m->at.first) continue;
        bool taken = false; /* it says whose another figure is */
        for (size_t i = 0; i < s->n_measures && !taken; i++)
            taken = &s->measures[i] != m && s->measures[i].remark.first <= p->at.first &&
                    p->at.end <= s->measures[i].remark.end;
        if (taken || is_moved(s, p) || !reaches(s, p, m->at.first)) continue;
        if (strcmp(r->names.language, "de") != 0 && names_unknown(s, mentions, n, p->at.end, m->at.first)) return NONE;
        if (p->joined && p->kind != MENTION_OWN) {
            /* "the Petrol 110 and the Hybrid 145": of each, where all are the document's own */
            size_t first = k;
            while (first > 0 && mentions[first].joined && mentions[first].kind == MENTION_KNOWN)
                first--;
            if (mentions[first].kind != MENTION_KNOWN || mentions[first].joined) return NONE;
            search->also_from = first;
            search->also_end = k;
        }
        return prose_bearer_of_mention(r, s, p);
    }
    /* "the 2.0 TSI used 8.9 l/100 km; the official value is 8.4": of the same version, where one is named alone. */
    bool official = m->span.end > m->span.first && REGISTRY[m->attribute < 0 ? 0 : m->attribute].dimension == DIMENSION_CONSUMPTION;
    const struct prose_mention *only = NULL;
    for (size_t k = 0; official && k < n; k++) {
        if (mentions[k].kind == MENTION_OWN) continue;
        official = !only;
        only = &mentions[k];
    }
    if (official && only && only->kind != MENTION_OTHER) return prose_bearer_of_mention(r, s, only);
    return *search->sentence;
}

/* "In the hybrid", where one version of the section is called so ("VZ e-Hybrid"): of that one. */
void prose_bearer_by_drive(struct prose_reader *r, const struct prose_sentence *s, const struct prose_measure *m,
                                struct bearer *whose)
{
    static const char *const DRIVES[] = {"hybrid", "diesel", "petrol", "electric", "phev", "benziner", "elektro", "essence"};
    const char *drive = NULL;
    size_t found = 0, at = 0;
    if (whose->kind != BEARER_OWN || m->engine == SIZE_MAX || !r->open) return;
    const struct token_range *e = &s->engines[m->engine];
    for (size_t k = 0; e->end == e->first + 1 && k < sizeof DRIVES / sizeof *DRIVES; k++)
        if (prose_is(s, e->first, DRIVES[k])) drive = DRIVES[k];
    if (!drive || e->first == 0 || !prose_has(s, e->first - 1, WORD_ARTICLE)) return;
    for (size_t i = 0; i < r->n_bearers; i++) {
        const char *word = strstr(r->bearers[i].key, drive);
        size_t n = strlen(drive);
        if (!word || (word > r->bearers[i].key && word[-1] != ' ') || (word[n] && word[n] != ' ')) continue;
        found++;
        at = i;
    }
    if (found != 1) return;
    const struct fact_record *record = (struct fact_record *)r->records.items + r->bearers[at].record;
    if (strcmp(record->model, whose->s.model) != 0) return;
    whose->kind = BEARER_VARIANT;
    whose->s.trim = record->trim;
    memcpy(whose->key, r->bearers[at].key, sizeof whose->key);
}
