/* What bolts, nuts and plugs are tightened to. */
#include "ingest/prose_quantities.h"

#include "ingest/prose_measures.h"

#include <string.h>

enum { NAME_WORDS = 5, BEHIND_WORDS = 6, STEP_WORDS = 4 };

enum tongue { TONGUE_NONE, TONGUE_ENGLISH, TONGUE_GERMAN, TONGUE_FRENCH, TONGUE_SPANISH };

/* ---- words ---- */

static enum tongue fastener(const struct prose_sentence *s, size_t i)
{
    static const char *const ENGLISH[] = {"bolt",  "bolts",     "nut",        "nuts",      "screw",  "screws",   "stud",
                                          "studs", "fastener",  "fasteners",  "setscrew",  "locknut", "locknuts", "capscrew",
                                          "capscrews"};
    static const char *const PLUGS[] = {"drain", "sump", "spark", "glow", "filler", "level", "oil", "fill", "core", "draining"};
    static const char *const FRENCH[] = {"vis", "boulon", "boulons", "ecrou", "ecrous", "bouchon", "goujon", "goujons",
                                         "bougie", "bougies"};
    static const char *const SPANISH[] = {"tornillo", "tornillos", "tuerca", "tuercas", "perno", "pernos", "tapon",
                                          "bujia", "bujias"};
    static const char *const GERMAN[] = {"schraube", "schrauben", "mutter", "muttern", "kerze", "kerzen", "bolzen", "stopfen"};
    if (i >= s->n || s->t[i].kind != TOKEN_WORD) return TONGUE_NONE;
    if (PROSE_IS_ANY(s, i, ENGLISH)) return TONGUE_ENGLISH;
    if ((prose_is(s, i, "plug") || prose_is(s, i, "plugs")) && i > 0 && PROSE_IS_ANY(s, i - 1, PLUGS)) return TONGUE_ENGLISH;
    if (PROSE_IS_ANY(s, i, FRENCH)) return TONGUE_FRENCH;
    if (PROSE_IS_ANY(s, i, SPANISH)) return TONGUE_SPANISH;
    size_t n = strlen(s->t[i].key);
    for (size_t k = 0; k < sizeof GERMAN / sizeof *GERMAN; k++) {
        size_t m = strlen(GERMAN[k]);
        if (n >= m && s->t[i].upper && strcmp(s->t[i].key + n - m, GERMAN[k]) == 0) return TONGUE_GERMAN;
    }
    return TONGUE_NONE;
}

bool prose_is_fastener(const struct prose_sentence *s, size_t i)
{
    return fastener(s, i) != TONGUE_NONE;
}

bool prose_is_tightening(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"tighten",   "tightened", "tightens",    "tightening", "torqued",    "retighten",
                                        "retorque",  "anziehen",  "angezogen",   "anzuziehen", "festziehen", "festgezogen",
                                        "nachziehen", "nachgezogen", "anzugsdrehmoment", "anzugsmoment", "serrer", "serre",
                                        "serres",    "serrez",    "serree",      "serrees",    "serrage",    "apretar",
                                        "apriete",   "apretado",  "aprieta"};
    if (PROSE_IS_ANY(s, i, WORDS)) return true;
    /* "Torque the bolts to" */
    return prose_is(s, i, "torque") && i + 1 < s->n && (i == 0 || s->marks[i].before != BREAK_NONE || prose_has(s, i - 1, WORD_AND)) &&
           prose_has(s, i + 1, WORD_ARTICLE);
}

static bool leads_to_figure(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"to", "with", "at", "auf", "mit", "a", "con", "au"};
    return PROSE_IS_ANY(s, i, WORDS);
}

/* ---- the part ---- */

/* The noun phrase whose head is the fastener at `head`, inside tokens [low, high). */
static struct token_range part_phrase(const struct prose_sentence *s, size_t head, size_t low, size_t high)
{
    static const char *const OF[] = {"of", "on", "de", "du", "des", "d", "der", "del"};
    enum tongue tongue = fastener(s, head);
    struct token_range r = {head, head + 1};
    while (tongue <= TONGUE_GERMAN && r.first > low && r.end - r.first < NAME_WORDS && s->marks[r.first].before == BREAK_NONE &&
           s->marks[r.first].bracket == s->marks[r.first - 1].bracket && prose_is_part_word(s, r.first - 1) &&
           !prose_is_tightening(s, r.first - 1))
        r.first--;
    if (r.end - r.first > 1 && prose_is(s, r.first, "new")) r.first++; /* "New spark plugs, torqued to" */
    size_t i = r.end;
    if (i < high && PROSE_IS_ANY(s, i, OF) && s->marks[i].before == BREAK_NONE) { /* "of the rear wheels" */
        i++;
        if (i < high && prose_has(s, i, WORD_ARTICLE)) i++;
        size_t from = i;
        while (i < high && i - from < STEP_WORDS && s->marks[i].before == BREAK_NONE && prose_is_part_word(s, i) &&
               (tongue == TONGUE_GERMAN || !s->t[i].upper))
            i++;
        if (i > from) r.end = i;
    }
    return r;
}

/* The fastener nearest before the figure, in [low, high), with those that "and" joins to it. */
static struct token_range part_before(const struct prose_sentence *s, size_t low, size_t high)
{
    struct token_range found = {0, 0};
    for (size_t i = high; i-- > low;) {
        if (fastener(s, i) == TONGUE_NONE || (found.end && i >= found.first)) continue;
        struct token_range r = part_phrase(s, i, low, high);
        if (!found.end) {
            found = r;
            i = r.first;
            continue;
        }
        for (size_t k = r.end; k < found.first; k++)
            if (!prose_has(s, k, WORD_AND | WORD_ARTICLE)) return found;
        found.first = r.first;
    }
    return found;
}

/* What a verb of tightening has as its object ("tighten the caliper bracket to") or subject ("the cylinder head is
 * tightened to"), or what stands alone before "to" where the verb came earlier. */
static struct token_range part_by_verb(const struct prose_sentence *s, size_t low, size_t high)
{
    struct token_range none = {0, 0};
    size_t verb = high, begin, end;
    for (size_t i = high; i-- > low && verb == high;)
        if (prose_is_tightening(s, i)) verb = i;
    bool active = verb < high && verb + 1 < high && prose_has(s, verb + 1, WORD_ARTICLE);
    if (active) {
        begin = verb + 2;
        end = begin;
        while (end < high && prose_is_part_word(s, end)) end++;
        if (end >= high || !leads_to_figure(s, end)) return none;
    } else {
        begin = low;
        while (begin < high && prose_has(s, begin, WORD_AND | WORD_ARTICLE) && !prose_is_part_word(s, begin)) begin++;
        end = begin;
        while (end < high && prose_is_part_word(s, end)) end++;
        if (end >= high || (verb == high ? !leads_to_figure(s, end) : !prose_has(s, end, WORD_VERB | WORD_LINK))) return none;
    }
    if (end == begin || end - begin > NAME_WORDS || begin == 0 || !prose_has(s, begin - 1, WORD_ARTICLE)) return none;
    for (size_t i = begin + 1; i <= end && i < s->n; i++)
        if (s->marks[i].before != BREAK_NONE) return none;
    return (struct token_range){begin, end};
}

/* "34 Nm for the sump plug" */
static struct token_range part_behind(const struct prose_sentence *s, size_t from, size_t stop)
{
    static const char *const FOR[] = {"for", "on", "fur", "an", "pour", "sur", "para"};
    struct token_range none = {0, 0};
    if (from >= stop || !PROSE_IS_ANY(s, from, FOR) || s->marks[from].before != BREAK_NONE) return none;
    for (size_t i = from + 1; i < stop && i < from + BEHIND_WORDS; i++) {
        if (s->marks[i].before != BREAK_NONE || prose_is_figure(s, i)) return none;
        if (fastener(s, i) != TONGUE_NONE) return part_phrase(s, i, from + 1, stop);
    }
    return none;
}

/* "55 Nm at the front": which of them. */
static struct token_range place_behind(const struct prose_sentence *s, size_t from)
{
    static const char *const PLACES[] = {"front", "rear", "top", "bottom", "left", "right", "inside", "outside"};
    size_t i = from + 1 + (from + 1 < s->n && prose_has(s, from + 1, WORD_ARTICLE));
    bool at = from < s->n && (prose_is(s, from, "at") || prose_is(s, from, "on")) && s->marks[from].before == BREAK_NONE;
    return at && i < s->n && PROSE_IS_ANY(s, i, PLACES) ? (struct token_range){from, i + 1} : (struct token_range){0, 0};
}

/* ---- the value ---- */

/* Whether tokens [from, to) lead from one step to the next: ", then", "+", "and a further". */
static bool joins_steps(const struct prose_sentence *s, size_t from, size_t to)
{
    static const char *const WORDS[] = {"then",  "and",   "plus",    "followed", "by",      "another", "a",     "further",
                                        "und",   "dann",  "danach",  "weitere",  "weiteren", "um",     "puis",  "et",
                                        "de",    "luego", "y",       "despues",  "finally", "turn",    "through", "turned", "zum", "schluss", "an", "additional"};
    if (to - from > STEP_WORDS) return false;
    for (size_t i = from; i < to; i++)
        if (!PROSE_IS_ANY(s, i, WORDS) && s->t[i].kind != TOKEN_SIGN) return false;
    return true;
}

/* The last figure of the steps that begin with measure k. */
static size_t last_step(const struct prose_sentence *s, size_t k)
{
    size_t last = k;
    for (size_t i = k + 1; i < s->n_measures; i++) {
        const struct prose_measure *m = &s->measures[i], *before = &s->measures[last];
        bool step = m->dimension == DIMENSION_ANGLE || m->dimension == DIMENSION_TORQUE;
        if (m->counted) continue;
        if (!step || m->at.first < before->at.end || !joins_steps(s, before->at.end, m->at.first)) break;
        if (m->dimension == DIMENSION_TORQUE && part_behind(s, m->at.end, s->n).end) break;
        for (size_t b = before->at.end; b <= m->at.first; b++)
            if (s->marks[b].before == BREAK_CLAUSE) return last;
        last = i;
    }
    return last;
}

/* ---- */

static bool set_name(struct prose_quantity *q, const struct prose_sentence *s)
{
    enum tongue tongue = TONGUE_NONE;
    for (size_t i = q->named.first; i < q->named.end && tongue == TONGUE_NONE; i++) tongue = fastener(s, i);
    *q->name = '\0';
    size_t end = q->named.end;
    prose_quantity_name(q, s, q->named.first, end);
    if (!*q->name) return false;
    /* The registry's names are of one: "wheel bolt torque". */
    struct prose_quantity one = *q;
    size_t len = strlen(one.name);
    bool known = tongue == TONGUE_ENGLISH && len > 2;
    if (known && one.name[len - 1] == 's') one.name[len - 1] = '\0';
    if (tongue == TONGUE_GERMAN || known) {
        prose_quantity_name_text(&one, tongue == TONGUE_GERMAN ? "Anzugsmoment" : "torque");
        prose_quantity_attribute(&one, DIMENSION_TORQUE);
    } else {
        one.attribute = -1;
    }
    bool engine = one.attribute >= 0 && strcmp(REGISTRY[one.attribute].id, "torque") == 0;
    q->attribute = engine ? -1 : one.attribute;
    q->qualifiers = 0;
    prose_quantity_name_text(q, tongue == TONGUE_GERMAN    ? "Drehmoment"
                                : tongue == TONGUE_FRENCH  ? "couple de serrage"
                                : tongue == TONGUE_SPANISH ? "par de apriete"
                                                           : "torque");
    q->section = tongue == TONGUE_GERMAN ? "Anzugsdrehmoment, Anzugsmoment"
                 : tongue == TONGUE_FRENCH || tongue == TONGUE_SPANISH ? ""
                                                                        : "tightening torque";
    return true;
}

size_t prose_torques_find(struct prose_sentence *s, struct prose_quantity *out, size_t max)
{
    size_t found = 0, low = 0;
    bool tightens = false;
    for (size_t i = 0; i < s->n && !tightens; i++) tightens = prose_is_tightening(s, i) || fastener(s, i) != TONGUE_NONE;
    for (size_t k = 0; tightens && k < s->n_measures && found < max; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->dimension != DIMENSION_TORQUE || m->counted || m->at.first < low) continue;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE);
        if (begin > low) low = begin;
        size_t last = last_step(s, k), end = s->measures[last].at.end;
        struct prose_quantity q = {.section = "", .measure = k, .number = last == k};
        q.named = part_behind(s, end, s->n);
        size_t next = q.named.end ? q.named.end : end;
        if (!q.named.end) {
            struct token_range verb = part_by_verb(s, low, m->at.first), noun = part_before(s, low, m->at.first);
            bool inside = noun.end && verb.first <= noun.first && noun.end <= verb.end;
            q.named = verb.end > noun.end && !inside ? verb : noun;
        }
        q.remark = place_behind(s, end);
        if (q.remark.end) next = q.remark.end;
        /* "and 50 Nm at the rear": of the same */
        if (!q.named.end && found && q.remark.end && m->at.first == low + 1 && prose_has(s, low, WORD_AND)) q.named = out[found - 1].named;
        low = next;
        bool denied = prose_quantity_denied(s, m);
        for (size_t i = k; i <= last; i++) {
            s->measures[i].attribute = -1;
            s->measures[i].rejected = true;
        }
        if (denied || !q.named.end || !set_name(&q, s)) continue;
        const struct value_part *a = &s->parts[m->first_part], *b = &s->parts[s->measures[last].first_part];
        q.value_begin = a->begin;
        q.value_end = b->end;
        if (b->end < s->len && s->text[b->end] == ')') q.value_end++;
        out[found++] = q;
    }
    return found;
}
