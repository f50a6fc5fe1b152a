/* Figures whose attribute depends on more of their sentence than the words beside them: how long
 * charging takes, at what power, and what a warranty is of. */
#include "ingest/prose_measures.h"

#include <string.h>

/* ---- charging ---- */

static bool is_charging_word(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {
        "charge",     "charges",    "charged",    "charging",       "recharge",   "recharges",
        "recharged",  "recharging", "ladt",       "laden",          "ladezeit",   "geladen",
        "aufgeladen", "aufladen",   "ladung",     "schnelllader",   "schnellladen", "ladedauer",
        "ladestation", "ladeleistung", "wallbox", "recharger",      "rechargee",  "carga",
        "recarga",    "cargar",     "recargar",   "charger",        "ladevorgang", "vollladung"};
    return i < s->n && !s->in_measure[i] && PROSE_IS_ANY(s, i, WORDS);
}

/* The words of a stretch that say whether it is charged with direct current or not. */
static uint64_t current_of(const struct prose_sentence *s, size_t begin, size_t end)
{
    static const char *const AC[] = {"ac",        "wallbox", "wechselstrom",         "household",
                                     "domestic",  "home",    "haushaltssteckdose",   "domestique",
                                     "domestica", "socket",  "haushalt"};
    static const char *const DC[] = {"dc",     "rapid",   "schnelllader", "schnellladen",
                                     "rapide", "rapida",  "gleichstrom",  "ultra"};
    int ac = qualifier_find("ac"), dc = qualifier_find("dc");
    bool is_ac = false, is_dc = false;
    for (size_t i = begin; i < end; i++) {
        is_ac = is_ac || PROSE_IS_ANY(s, i, AC);
        is_dc = is_dc || PROSE_IS_ANY(s, i, DC) ||
                (prose_is(s, i, "fast") && is_charging_word(s, i + 1));
    }
    if (is_ac == is_dc) return 0;
    int q = is_ac ? ac : dc;
    return q < 0 ? 0 : 1ull << q;
}

static bool has_distance(const struct prose_sentence *s, size_t begin, size_t end)
{
    for (size_t k = 0; k < s->n_measures; k++)
        if (s->measures[k].dimension == DIMENSION_LENGTH && s->measures[k].at.first >= begin &&
            s->measures[k].at.first < end)
            return true;
    return false;
}

/* "from 10 to 80 percent": the state of charge before and after; "to 80 percent". */
static struct token_range find_charge_span(const struct prose_sentence *s, size_t begin, size_t end)
{
    static const char *const JOINS[] = {"to", "auf", "bis", "a", "hasta"};
    static const char *const FROM[] = {"from", "von", "de", "desde"};
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *m = &s->measures[k];
        if (m->dimension != DIMENSION_RATIO || m->at.first < begin || m->at.first >= end) continue;
        struct token_range span = m->at;
        if (span.first >= begin + 2 && PROSE_IS_ANY(s, span.first - 1, JOINS) &&
            s->t[span.first - 2].kind == TOKEN_NUMBER)
            span.first -= 2; /* "10 auf 80 Prozent" where it was not read as a range */
        if (span.first > begin && PROSE_IS_ANY(s, span.first - 1, FROM)) span.first--;
        if (span.first > begin && PROSE_IS_ANY(s, span.first - 1, JOINS)) span.first--;
        return span;
    }
    for (size_t i = begin; i + 1 < end; i++)
        if ((prose_is(s, i, "full") && prose_is(s, i + 1, "charge")) ||
            (prose_is(s, i, "charge") && prose_is(s, i + 1, "complete")) ||
            (prose_is(s, i, "recharge") && prose_is(s, i + 1, "complete")))
            return (struct token_range){i, i + 2};
    return (struct token_range){0, 0};
}

void prose_bind_charging_times(struct prose_sentence *s)
{
    int attribute = registry_find("charge_time"), dc = qualifier_find("dc");
    if (attribute < 0) return;
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        const struct value_part *p = &s->parts[m->first_part];
        if (m->rejected || m->attribute >= 0 || m->dimension != DIMENSION_TIME || !p->unit)
            continue;
        double unit = unit_to_base(1, p->unit), hours = unit_to_base(p->high, p->unit) / 3600;
        if ((unit != 60 && unit != 3600) || hours > 60 || hours < 0.02) continue;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
        size_t end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
        struct token_range span = find_charge_span(s, begin, end);
        bool charging = false;
        size_t from = span.end ? prose_stretch_begin(s, m->at.first, BREAK_CLAUSE) : begin;
        size_t to = span.end ? prose_stretch_end(s, m->at.first, BREAK_CLAUSE) : end;
        for (size_t i = from; i < to; i++) charging = charging || is_charging_word(s, i);
        if (!charging || has_distance(s, begin, end)) continue; /* "100 km in 10 minutes" */
        m->attribute = attribute;
        m->qualifiers = current_of(s, from, to);
        if (!m->qualifiers && span.end && hours < 1 && dc >= 0) m->qualifiers = 1ull << dc;
        m->span = span;
    }
}

/* "charges from 10 to 80 percent in 28 minutes at up to 150 kW": the power that it is charged with,
 * with other figures between. */
bool prose_is_charging(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct unit *u = s->parts[m->first_part].unit;
    if (!u || strcmp(u->symbol, "kW") != 0) return false;
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = begin; i < m->at.first; i++) {
        if (!is_charging_word(s, i) || prose_is(s, i, "charger")) continue;
        bool other = false; /* a new statement between */
        for (size_t j = i + 1; j < m->at.first; j++)
            other = other || (!s->in_measure[j] && prose_has(s, j, WORD_AND) &&
                              !prose_is(s, j, "to") && !prose_is(s, j, "a") &&
                              !prose_is(s, j, "bis"));
        if (!other) return true;
    }
    return false;
}

/* ---- braking ---- */

/* "From 100 km/h it stopped in 35.9 metres": a way beside the speed that it is from. */
void prose_bind_braking(struct prose_sentence *s)
{
    static const char *const STOP[] = {"stop",  "stops",  "stopped",  "stopping", "halt",     "halts",  "standstill", "brakes",
                                       "braked", "braking", "steht",  "stand",    "stillstand", "bremst", "bremste",  "bremsweg",
                                       "arret", "freine", "freinage", "frena",    "frenada",  "stood"};
    static const char *const IN[] = {"in", "within", "after", "nach", "en", "is", "was", "of", "betragt", "took", "takes", "needs",
                                     "braucht", "needed", "requires"};
    int attribute = registry_find("braking_distance");
    for (size_t k = 0; attribute >= 0 && k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        const struct value_part *p = &s->parts[m->first_part];
        size_t i = prose_skip_hedges_back(s, m->at.first);
        if (m->rejected || m->attribute >= 0 || m->dimension != DIMENSION_LENGTH || i == 0 || !PROSE_IS_ANY(s, i - 1, IN)) continue;
        double metres = unit_to_base(p->high, p->unit) / 1000;
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE), end = prose_stretch_end(s, m->at.first, BREAK_CLAUSE);
        struct prose_measure *speed = NULL;
        bool stops = false;
        for (size_t w = begin; w < m->at.first; w++) stops = stops || (!s->in_measure[w] && PROSE_IS_ANY(s, w, STOP));
        for (size_t j = 0; j < s->n_measures && stops; j++)
            if (s->measures[j].dimension == DIMENSION_SPEED && s->measures[j].at.first >= begin && s->measures[j].at.first < end)
                speed = &s->measures[j];
        if (!speed || metres < 15 || metres > 200) continue;
        m->attribute = attribute;
        bool from = speed->at.first > 0 && !prose_parted(s, speed->at.first, BREAK_COMMA) &&
                    prose_has(s, speed->at.first - 1, WORD_PREPOSITION);
        m->span = (struct token_range){speed->at.first - from, speed->at.end};
        speed->rejected = true;
    }
}

/* ---- tyre pressures ---- */

/* "Inflate the front tyre to 1.75 bar and the rear tyre to 2.0 bar; with a passenger the rear needs 2.25 bar": of
 * which axle, the words behind the pressure before it say. */
void prose_bind_tyre_pressures(struct prose_sentence *s)
{
    static const char *const TYRES[] = {"tyre",   "tyres",  "tire",     "tires",  "reifendruck", "reifen", "luftdruck",
                                        "pneu",   "pneus",  "neumatico", "neumaticos", "reifenluftdruck"};
    static const char *const FRONT[] = {"front", "fronts", "vorn", "vorne", "avant", "delantero", "delanteros", "vorderreifen"};
    static const char *const REAR[] = {"rear",  "rears",   "back", "hinten", "arriere", "trasero", "traseros", "hinterreifen"};
    static const char *const LADEN[] = {"passenger", "laden", "load", "loaded", "pillion", "beladung", "beladen", "charge",
                                        "sozius",    "full",  "voller", "fully", "luggage"};
    int attribute = registry_find("tire_pressure"), front = qualifier_find("front"), rear = qualifier_find("rear");
    bool tyres = false;
    for (size_t i = 0; i < s->n; i++) tyres = tyres || PROSE_IS_ANY(s, i, TYRES);
    if (!tyres || attribute < 0 || front < 0 || rear < 0) return;
    size_t low = 0;
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->rejected || m->dimension != DIMENSION_PRESSURE) continue;
        bool is_front = false, is_rear = false;
        size_t load = SIZE_MAX;
        for (size_t i = low; i < m->at.first; i++) {
            is_front = is_front || PROSE_IS_ANY(s, i, FRONT);
            is_rear = is_rear || PROSE_IS_ANY(s, i, REAR);
            if (PROSE_IS_ANY(s, i, LADEN)) load = i;
        }
        size_t begin = low;
        low = m->at.end;
        /* "1.75 bar front, 2.0 bar rear" */
        if (!is_front && !is_rear && m->at.end < s->n && s->marks[m->at.end].before == BREAK_NONE) {
            size_t at = m->at.end + (prose_is(s, m->at.end, "at") || prose_is(s, m->at.end, "in"));
            at += prose_is(s, at, "the");
            is_front = at < s->n && PROSE_IS_ANY(s, at, FRONT);
            is_rear = at < s->n && PROSE_IS_ANY(s, at, REAR);
            if (is_front || is_rear) low = at + 1;
        }
        m->attribute = attribute;
        m->qualifiers = is_front == is_rear ? 0 : 1ull << (is_front ? front : rear);
        if (load == SIZE_MAX) continue;
        while (load > begin && prose_has(s, load - 1, WORD_ARTICLE | WORD_PREPOSITION)) load--;
        size_t end = load + 1;
        while (end < m->at.first && !PROSE_IS_ANY(s, end - 1, LADEN)) end++;
        m->span = (struct token_range){load, end};
    }
}

/* ---- warranties ---- */

static bool is_other_time(const struct prose_sentence *s, size_t i, const struct prose_measure *m)
{
    const struct prose_measure *other = s->in_measure[i] ? &s->measures[s->in_measure[i] - 1] : m;
    return other != m && other->dimension == DIMENSION_TIME && m->dimension == DIMENSION_TIME;
}

void prose_bind_part_warranty(struct prose_sentence *s, struct prose_measure *m)
{
    static const char *const BATTERY[] = {"battery", "batteries", "batterie", "akku", "bateria",
                                          "hochvoltbatterie", "antriebsbatterie",
                                          "traktionsbatterie"};
    static const char *const RUST[] = {"rust", "corrosion", "perforation", "durchrostung",
                                       "anticorrosion", "corrosion", "rost"};
    static const char *const DRIVE[] = {"powertrain", "drivetrain", "antriebsstrang", "engine",
                                        "motor", "moteur", "gearbox"};
    static const char *const OTHER[] = {
        "paint",  "paintwork", "lack",     "peinture",  "pintura", "parts",   "accessories",
        "service", "roadside", "tyres",    "tires",     "audio",   "exhaust", "assistance",
        "mobilitatsgarantie",  "conversion", "body",    "aufbau",  "carrosserie", "repairs",
        "hybrid", "components", "emissions", "interior", "wheels", "used",    "extended"};
    const char *id = REGISTRY[m->attribute].id;
    if (strcmp(id, "warranty") != 0 && strcmp(id, "warranty_distance") != 0) return;
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    size_t end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
    size_t and = m->at.first; /* of several in one stretch, the words on its own side of "and" */
    while (and > begin && !(prose_has(s, and - 1, WORD_AND) && !s->in_measure[and - 1] &&
                            !prose_is(s, and - 1, "a") && !prose_is(s, and - 1, "or")) &&
           !is_other_time(s, and - 1, m))
        and--;
    for (size_t i = and; i < end; i++) {
        if (i >= m->at.end && is_other_time(s, i, m)) break;
        if (i >= m->at.end && prose_has(s, i, WORD_AND) && !s->in_measure[i] &&
            !prose_is(s, i, "or") && !prose_is(s, i, "a") && !prose_is(s, i, "o") &&
            !prose_is(s, i, "ou") && !prose_is(s, i, "oder"))
            break;
        const char *part = PROSE_IS_ANY(s, i, BATTERY) ? "battery_warranty"
                           : PROSE_IS_ANY(s, i, RUST)  ? "corrosion_warranty"
                           : PROSE_IS_ANY(s, i, DRIVE) ? "powertrain_warranty"
                                                    : NULL;
        if (!part && !PROSE_IS_ANY(s, i, OTHER)) continue;
        if (prose_is(s, i, "service") && prose_is(s, i + 1, "interval")) continue;
        bool distance = !strcmp(id, "warranty_distance");
        m->attribute = !part ? -1 : distance ? m->attribute : registry_find(part);
        if (part) m->span = (struct token_range){i, i + 1};
        return;
    }
}
