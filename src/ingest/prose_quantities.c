#include "ingest/prose_quantities.h"

#include "ingest/prose_measures.h"

#include <string.h>

enum { PART_WORDS = 4 };

/* ---- what all of them share ---- */

void prose_quantity_name_text(struct prose_quantity *q, const char *text)
{
    size_t used = strlen(q->name), len = strlen(text);
    if (used + len + 2 > sizeof q->name) return;
    if (used) q->name[used++] = ' ';
    memcpy(q->name + used, text, len + 1);
}

void prose_quantity_name(struct prose_quantity *q, const struct prose_sentence *s, size_t first, size_t end)
{
    char text[PROSE_QUANTITY_NAME];
    size_t len = end > first ? s->t[end - 1].end - s->t[first].begin : 0;
    if (len == 0 || len >= sizeof text) return;
    memcpy(text, s->text + s->t[first].begin, len);
    text[len] = '\0';
    prose_quantity_name_text(q, text);
}

void prose_quantity_attribute(struct prose_quantity *q, enum dimension dimension)
{
    struct column_meaning meaning;
    registry_read_column(&meaning, q->name, strlen(q->name), dimension);
    bool fits = meaning.attribute >= 0 && REGISTRY[meaning.attribute].dimension == dimension &&
                REGISTRY[meaning.attribute].role == ROLE_NONE;
    q->attribute = fits ? meaning.attribute : -1;
    q->qualifiers = fits ? meaning.qualifiers : 0;
}

bool prose_quantity_denied(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = begin; i < m->at.first; i++)
        if (!s->in_measure[i] && prose_has(s, i, WORD_NEGATION | WORD_INSTEAD | WORD_FORMER) && !prose_is(s, i, "replaced") &&
            !prose_is(s, i, "old"))
            return true;
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 3 && s->marks[i].before == BREAK_NONE; i++)
        if (prose_has(s, i, WORD_MORE)) return true;
    return false;
}

bool prose_is_part_word(const struct prose_sentence *s, size_t i)
{
    if (i >= s->n || s->t[i].kind == TOKEN_SIGN || prose_is_figure(s, i)) return false;
    bool end = prose_is(s, i, "total") || prose_is(s, i, "low") || prose_is(s, i, "high") || prose_is(s, i, "full");
    return end || !prose_has(s, i, WORD_ARTICLE | WORD_VERB | WORD_PREPOSITION | WORD_AND | WORD_PRONOUN | WORD_LINK |
                                       WORD_HEDGE | WORD_NEGATION | WORD_UNREAL | WORD_CHANGE);
}

/* Takes the figure from the sentence. */
static void take(struct prose_sentence *s, struct prose_quantity *q, size_t measure)
{
    struct prose_measure *m = &s->measures[measure];
    const struct value_part *first = &s->parts[m->first_part], *last = first + m->n_parts - 1;
    m->attribute = -1;
    m->rejected = true;
    q->measure = measure;
    q->value_begin = first->begin;
    q->value_end = m->n_parts == 1 ? last->end : first->end;
    q->number = true;
}

/* The noun phrase that ends before `end`, behind its article at or behind `low`: "the hydraulic system". */
static struct token_range noun_before(const struct prose_sentence *s, size_t low, size_t end)
{
    size_t first = end;
    while (first > low && end - first < PART_WORDS && prose_is_part_word(s, first - 1) &&
           (first == end || s->marks[first].before == BREAK_NONE) &&
           s->marks[first - 1].bracket == s->marks[end - 1].bracket)
        first--;
    bool bounded = first == low || prose_has(s, first - 1, WORD_ARTICLE) || s->marks[first].before != BREAK_NONE;
    return bounded && first < end ? (struct token_range){first, end} : (struct token_range){0, 0};
}

/* ---- how large a part is ---- */

/* Parts that texts give sizes of. What else stands as the subject of a size is a vehicle or nothing that is sure. */
static bool is_sized_part(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {
        "bed",       "seat",     "saddle",   "boot",     "trunk",    "floor",     "area",      "tailgate", "sill",
        "lip",       "opening",  "aperture", "box",      "cab",      "cabin",     "bonnet",    "hood",     "bunk",
        "table",     "mattress", "berth",    "screen",   "display",  "ramp",      "platform",  "deck",     "step",
        "tray",      "frunk",    "pillion",  "handlebar", "handlebars", "mirror", "windscreen", "windshield", "roof",
        "door",      "doors",    "drawbar",  "hitch",    "towball",  "wheel",     "wheels",    "blade",    "bucket",
        "boom",      "arm",      "aerial",   "antenna",  "compartment", "garage", "worktop",   "shower",   "bath",
        "bathroom",  "kitchen",  "bay",      "dashboard", "tongue",  "spoiler",   "wing",      "rack",     "interior",
        "ladeflache", "sitzbank", "sitz",    "ladekante", "laderaum", "kofferraum", "bett",    "sattel",   "bildschirm",
        "ladeboden", "pritsche", "heckklappe", "selle",  "benne",    "plateau",   "coffre",    "hayon",    "asiento",
        "caja",      "cama"};
    return i < s->n && PROSE_IS_ANY(s, i, WORDS);
}

static const char *size_noun(const struct prose_sentence *s, size_t i)
{
    static const char *const NOUNS[][2] = {
        {"long", "length"}, {"wide", "width"}, {"high", "height"}, {"tall", "height"}, {"deep", "depth"}, {"thick", "thickness"},
        {"across", "width"}, {"lang", "Länge"}, {"breit", "Breite"}, {"hoch", "Höhe"}, {"tief", "Tiefe"},
        {"off", "height"}, {"above", "height"}};
    for (size_t k = 0; k < sizeof NOUNS / sizeof *NOUNS; k++)
        if (prose_is(s, i, NOUNS[k][0])) return NOUNS[k][1];
    return NULL;
}

/* "The bed is 1,564 mm long and 1,619 mm wide." */
static size_t find_sizes(struct prose_sentence *s, struct prose_quantity *out, size_t max)
{
    struct token_range part = {0, 0};
    size_t found = 0, low = 0;
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->counted || m->dimension != DIMENSION_LENGTH) continue;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE), verb = begin > low ? begin : low;
        while (verb < m->at.first && !prose_has(s, verb, WORD_VERB) && !prose_is(s, verb, "are")) verb++;
        if (verb < m->at.first) { /* a statement of its own */
            part = noun_before(s, begin > low ? begin : low, verb);
            if (part.end && !is_sized_part(s, part.end - 1)) part.end = 0;
            for (size_t i = verb + 1; i < m->at.first; i++)
                if (!prose_has(s, i, WORD_HEDGE | WORD_LINK | WORD_ARTICLE | WORD_VERB)) part.end = 0;
        } else if (begin > low) {
            part.end = 0;
        }
        low = m->at.end;
        const char *noun = size_noun(s, m->at.end);
        if (!part.end || !noun || s->marks[m->at.end].before != BREAK_NONE) continue;
        bool denied = m->rejected || prose_quantity_denied(s, m);
        struct prose_quantity q = {.section = "", .named = part};
        take(s, &q, k);
        if (denied || found == max) continue;
        prose_quantity_name(&q, s, part.first, part.end);
        prose_quantity_name_text(&q, noun);
        prose_quantity_attribute(&q, DIMENSION_LENGTH);
        const char *id = q.attribute >= 0 ? REGISTRY[q.attribute].id : "";
        if (!strcmp(id, "length") || !strcmp(id, "width") || !strcmp(id, "height")) q.attribute = -1, q.qualifiers = 0;
        out[found++] = q;
    }
    return found;
}

/* ---- what a system holds ---- */

static bool is_holding_part(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"system", "gearbox", "transmission", "axle", "differential", "fork", "forks", "leg",
                                        "engine", "sump", "reservoir", "hub", "hubs", "drive", "drives", "circuit", "radiator",
                                        "crankcase", "case", "box", "steering", "clutch", "washer", "pump", "reducer",
                                        "intercooler", "heater", "hydraulics"};
    return i < s->n && PROSE_IS_ANY(s, i, WORDS);
}

static bool takes_oil_alone(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"gearbox", "transmission", "axle", "differential", "fork", "forks"};
    return PROSE_IS_ANY(s, i, WORDS);
}

static bool is_fluid(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"oil", "coolant", "fluid", "antifreeze", "grease", "lubricant", "refrigerant", "water"};
    return i < s->n && PROSE_IS_ANY(s, i, WORDS);
}

/* "with the filter", "with a new filter"; *without: "without". */
static bool speaks_of_filter(const struct prose_sentence *s, size_t i, bool *without)
{
    *without = prose_is(s, i, "without");
    if (!*without && !prose_is(s, i, "with") && !prose_is(s, i, "including")) return false;
    if (s->marks[i].before != BREAK_NONE) return false;
    for (size_t k = i + 1; k < s->n && k < i + 5 && s->marks[k].before == BREAK_NONE; k++)
        if (prose_is(s, k, "filter")) return true;
    return *without && (i + 1 == s->n || s->marks[i + 1].before != BREAK_NONE || !prose_is_part_word(s, i + 1));
}

/* "The hydraulic system takes 28 litres, the gearbox 24 litres.", "The engine takes 4.5 litres of oil with the filter,
 * 4.3 litres without." */
static size_t find_capacities(struct prose_sentence *s, struct prose_quantity *out, size_t max)
{
    static const char *const HOLD[] = {"takes", "take", "holds", "hold", "contains", "contain", "needs", "need", "requires", "require"};
    struct prose_quantity before = {.section = "", .attribute = -1};
    size_t found = 0, low = 0;
    int filter = qualifier_find("filter");
    for (size_t k = 0; k < s->n_measures && found < max; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->counted || m->dimension != DIMENSION_VOLUME) continue;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE), i = prose_skip_hedges_back(s, m->at.first);
        if (begin < low) begin = low;
        low = m->at.end;
        bool verb = i > begin && PROSE_IS_ANY(s, i - 1, HOLD), without;
        size_t fluid = m->at.end + 1 + prose_has(s, m->at.end + 1, WORD_ARTICLE); /* "of oil" */
        if (!prose_is(s, m->at.end, "of") || !is_fluid(s, fluid)) fluid = prose_is(s, m->at.end + 2, "oil") && prose_is(s, m->at.end, "of") ? m->at.end + 2 : 0;
        struct token_range part = {0, 0};
        size_t behind = fluid ? fluid + 1 : m->at.end;
        bool filtered = speaks_of_filter(s, behind, &without);
        if (verb || *before.name) part = noun_before(s, begin, verb ? i - 1 : i);
        if (part.end && !is_holding_part(s, part.end - 1)) part.end = 0;
        bool goes_on = !part.end && *before.name && filtered && s->marks[i].before == BREAK_COMMA;
        size_t oil = i; /* "Changed the oil: 3.8 litres with the filter" */
        if (!part.end && !goes_on && filtered && !without && i > begin && prose_is(s, i - 1, "oil")) oil = i - 1;
        if (!part.end && !goes_on && oil == i) {
            if (!verb) continue;
            *before.name = '\0';
            continue;
        }
        bool denied = prose_quantity_denied(s, m) && !without;
        struct prose_quantity q = before;
        take(s, &q, k);
        if (denied) continue;
        if (!goes_on) {
            *q.name = '\0';
            q.named = part.end ? part : (struct token_range){oil, i};
            if (part.end)
                prose_quantity_name(&q, s, part.first, part.end);
            else
                prose_quantity_name_text(&q, "engine oil");
            struct prose_quantity with_oil = q;
            if (fluid) prose_quantity_name(&q, s, fluid, fluid + 1);
            prose_quantity_name_text(&q, "capacity");
            prose_quantity_attribute(&q, DIMENSION_VOLUME);
            prose_quantity_name_text(&with_oil, "oil capacity"); /* what a gearbox takes */
            bool oiled = !fluid && part.end && takes_oil_alone(s, part.end - 1);
            if (oiled) prose_quantity_attribute(&with_oil, DIMENSION_VOLUME);
            if (oiled && q.attribute < 0) q.attribute = with_oil.attribute, q.qualifiers = with_oil.qualifiers;
        }
        before = q;
        if (without) { /* never in place of the quantity that is filled in */
            prose_quantity_name_text(&q, "without filter");
            q.attribute = -1;
        }
        q.qualifiers = q.attribute < 0 ? 0 : filter < 0 ? q.qualifiers : q.qualifiers & ~(1ull << filter);
        if (q.attribute >= 0 && filtered && filter >= 0) q.qualifiers |= 1ull << filter;
        out[found++] = q;
    }
    return found;
}

/* ---- how often something is done ---- */

static const char *deed(const struct prose_sentence *s, size_t i)
{
    static const struct {
        const char *stem, *noun;
    } DEEDS[] = {{"change", "change"},      {"changed", "change"},       {"replace", "replacement"}, {"replaced", "replacement"},
                 {"renew", "replacement"},  {"renewed", "replacement"},  {"check", "check"},         {"checked", "check"},
                 {"inspect", "inspection"}, {"inspected", "inspection"}, {"grease", "greasing"},     {"greased", "greasing"},
                 {"lubricate", "lubrication"}, {"lubricated", "lubrication"}, {"clean", "cleaning"}, {"cleaned", "cleaning"},
                 {"adjust", "adjustment"},  {"adjusted", "adjustment"},  {"flush", "flushing"},      {"flushed", "flushing"},
                 {"due", ""}};
    for (size_t k = 0; k < sizeof DEEDS / sizeof *DEEDS; k++)
        if (prose_is(s, i, DEEDS[k].stem)) return DEEDS[k].noun;
    return NULL;
}

/* "Change the engine oil every 250 hours.", "The belt is due every 90,000 miles or six years." */
static size_t find_intervals(struct prose_sentence *s, struct prose_quantity *out, size_t max)
{
    size_t found = 0;
    const struct prose_measure *last = NULL;
    for (size_t k = 0; k < s->n_measures && found < max; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->counted || (m->dimension != DIMENSION_LENGTH && m->dimension != DIMENSION_TIME)) continue;
        size_t i = prose_skip_hedges_back(s, m->at.first);
        struct prose_quantity q = {.section = "", .attribute = -1};
        if (last && found && i == last->at.end + 1 && prose_is(s, last->at.end, "or")) { /* "or six years" */
            memcpy(q.name, out[found - 1].name, sizeof q.name);
            q.named = out[found - 1].named;
        } else if (i > 1 && prose_is(s, i - 1, "every")) {
            size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE), at = i - 1;
            while (at > begin && !deed(s, at)) at--;
            const char *noun = deed(s, at);
            if (!noun) continue;
            struct token_range part = {0, 0};
            bool active = at + 1 < i - 1 && (at == begin || !prose_has(s, at - 1, WORD_VERB | WORD_LINK)) &&
                          !prose_is(s, at, "due");
            if (active) {
                part.first = at + 1 + prose_has(s, at + 1, WORD_ARTICLE);
                for (part.end = part.first; part.end < i - 1 && prose_is_part_word(s, part.end); part.end++) {}
                if (part.end != i - 1) part.end = 0;
            } else {
                size_t aux = at;
                while (aux > begin && prose_has(s, aux - 1, WORD_VERB | WORD_LINK | WORD_UNREAL)) aux--;
                while (aux > begin && (prose_is(s, aux - 1, "must") || prose_is(s, aux - 1, "needs"))) aux--;
                part = noun_before(s, begin, aux);
            }
            if (!part.end || part.end == part.first) continue;
            q.named = part;
            bool oil = prose_is(s, part.end - 1, "oil") && !strcmp(noun, "change") &&
                       (part.end == part.first + 1 || prose_is(s, part.first, "engine") || prose_is(s, part.first, "motor"));
            if (oil)
                prose_quantity_name_text(&q, "oil");
            else
                prose_quantity_name(&q, s, part.first, part.end);
            if (*noun) prose_quantity_name_text(&q, noun);
            prose_quantity_name_text(&q, "interval");
        } else {
            continue;
        }
        bool denied = prose_quantity_denied(s, m);
        prose_quantity_attribute(&q, m->dimension);
        take(s, &q, k);
        last = m;
        if (!denied) out[found++] = q;
    }
    return found;
}

/* ---- what is said further of a part that something is done to ---- */

/* "spark plugs" before "gap": "spark plug". */
static void drop_plural(struct prose_quantity *q)
{
    size_t n = strlen(q->name);
    if (n > 3 && q->name[n - 1] == 's' && q->name[n - 2] != 's') q->name[n - 1] = '\0';
}

/* "Check the valve clearance every 12,000 km: it is 0.08 mm for the inlet valve and 0.12 mm for the exhaust valve.",
 * "Replace the spark plug every 8,000 km; its gap is 0.8 mm." */
static size_t find_further(struct prose_sentence *s, struct token_range part, struct prose_quantity *out, size_t max)
{
    struct token_range own = {0, 0}; /* "gap" of "its gap" */
    size_t found = 0, low = part.end;
    bool open = false, only_known = false; /* "the gap": its only where the two together are known */
    for (size_t k = 0; k < s->n_measures && found < max; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->counted || m->at.first < part.end || m->rejected || m->dimension == DIMENSION_NONE) continue;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COLON), i = prose_skip_hedges_back(s, m->at.first);
        bool is = i > begin && (prose_is(s, i - 1, "is") || prose_is(s, i - 1, "be"));
        bool the = prose_is(s, begin, "the");
        if (begin > part.end && is && (the || prose_is(s, begin, "it") || prose_is(s, begin, "its"))) {
            size_t verb = i - 1 - (i > begin + 1 && prose_has(s, i - 2, WORD_UNREAL));
            own = the || prose_is(s, begin, "its") ? (struct token_range){begin + 1, verb} : (struct token_range){0, 0};
            open = own.end > own.first || verb == begin + 1;
            for (size_t w = own.first; w < own.end; w++) open = open && prose_is_part_word(s, w);
            only_known = the;
        } else if (!(open && i > low && prose_has(s, i - 1, WORD_AND))) {
            open = false;
        }
        low = m->at.end;
        if (!open) continue;
        struct prose_quantity q = {.section = "", .attribute = -1, .named = part};
        prose_quantity_name(&q, s, part.first, part.end);
        if (own.end) drop_plural(&q);
        prose_quantity_name(&q, s, own.first, own.end);
        prose_quantity_attribute(&q, m->dimension);
        if (only_known && q.attribute < 0) continue;
        if (prose_is(s, m->at.end, "for") && s->marks[m->at.end].before == BREAK_NONE) {
            size_t from = m->at.end + 1 + prose_has(s, m->at.end + 1, WORD_ARTICLE), end = from;
            while (end < s->n && end < from + PART_WORDS && s->marks[end].before == BREAK_NONE && prose_is_part_word(s, end)) end++;
            if (end > from) q.remark = (struct token_range){from, end};
        }
        bool denied = prose_quantity_denied(s, m);
        take(s, &q, k);
        if (!denied) out[found++] = q;
    }
    return found;
}

size_t prose_quantities_find(struct prose_sentence *s, struct prose_quantity *out, size_t max)
{
    size_t n = prose_torques_find(s, out, max);
    n += find_sizes(s, out + n, max - n);
    n += find_capacities(s, out + n, max - n);
    size_t intervals = find_intervals(s, out + n, max - n);
    n += intervals;
    /* The last part that something was done to. */
    struct token_range part = {0, 0};
    for (size_t i = 0; i < n; i++)
        if (out[i].named.end > part.end) part = out[i].named;
    return part.end ? n + find_further(s, part, out + n, max - n) : n;
}
