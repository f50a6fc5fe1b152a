/* "How long", "how much fuel": what such words ask for depends on the verb behind them. How long a car takes to charge
 * is no length, and how much fuel it uses no kind of fuel. */
#include "query/reading.h"

#include <string.h>

/* The first token from `at` on that is one of the phrases; SIZE_MAX: none. */
static size_t find_phrase(const struct reading *r, size_t at, const char *phrases)
{
    for (size_t i = at; i < r->l->n_tokens; i++)
        if (reading_phrase(r, i, phrases)) return i;
    return SIZE_MAX;
}

/* Whether the tokens are one of the phrases, whole. */
static bool is_phrase(const struct token *t, size_t n, const char *phrases)
{
    char key[8 * TOKEN_KEY_MAX];
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        size_t one = strlen(t[i].key);
        if (len + one + 2 > sizeof key) return false;
        if (len) key[len++] = ' ';
        memcpy(key + len, t[i].key, one);
        len += one;
    }
    for (const char *p = phrases; *p;) {
        size_t one = strcspn(p, "|");
        if (one == len && memcmp(p, key, len) == 0) return true;
        p += one + (p[one] == '|');
    }
    return false;
}

/* The label says what the registry makes of the name instead. */
static void rename_label(struct label *l, const char *name)
{
    struct token t[8];
    size_t n = tokens_split(name, strlen(name), TOKENS_TEXT, t, 8);
    l->kind = LABEL_TERM;
    l->n_words = 0;
    registry_match(t, n, &l->terms, &l->n_terms);
}

static void silence(struct label *l)
{
    l->kind = LABEL_WORD;
    l->n_terms = l->n_words = l->n_ids = 0;
    l->unit = NULL;
    l->used = true;
}

static bool names(const struct label *l, const char *prefix, enum dimension d)
{
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE && !strncmp(REGISTRY[l->terms[k].id].id, prefix, strlen(prefix)) &&
            (d == DIMENSION_NONE || REGISTRY[l->terms[k].id].dimension == d))
            return true;
    return false;
}

/* The label of a speed that is reached: "to 100", "auf 100"; NULL: none. */
static struct label *speed_label(struct reading *r)
{
    static const char TO[] = "to|till|until|auf|bis|a|en llegar a|hasta";
    for (size_t i = 1; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->kind != LABEL_NUMBER || l->first == 0 || (l->unit && l->unit->dimension != DIMENSION_SPEED)) continue;
        if (reading_phrase(r, l->first - 1, TO) && (l->number == 60 || l->number == 62 || l->number == 100)) return l;
    }
    return NULL;
}

/* "How long does it take to charge", "wie lange braucht er auf 100" */
static void read_duration(struct reading *r)
{
    static const char LONG[] = "how long|wie lange|combien de temps|cuanto tiempo|cuanto tarda";
    static const char VERBS[] = "take|takes|took|need|needs|wait|stuck|braucht|brauche|dauert|benotigt|muss|faut|met|prend|dure|passe|tarda|necesita";
    static const char CHARGE[] = "charge|charging|charged|charger|recharge|recharging|top up|laden|geladen|ladt|aufladen|ladezeit|lader|"
                                 "charger|recharger|charge|recharge|cargar|carga|recargar|充电|充满";
    size_t at = find_phrase(r, 0, LONG), last = at == SIZE_MAX ? 0 : at + reading_phrase(r, at, LONG) - 1;
    struct label *asks = NULL; /* of "long" */
    for (size_t i = 0; i < r->l->n_labels && at != SIZE_MAX; i++)
        if (r->l->labels[i].first <= last && last < r->l->labels[i].first + r->l->labels[i].n) asks = &r->l->labels[i];
    if (!asks || asks->kind == LABEL_MENTION || find_phrase(r, at, VERBS) == SIZE_MAX) return;
    struct label *speed = speed_label(r);
    if (speed) {
        const char *name = speed->number == 60 ? "0-60 mph" : "0-100 km/h";
        rename_label(asks, name);
        silence(speed);
        return;
    }
    if (find_phrase(r, 0, CHARGE) == SIZE_MAX) return;
    bool timed = false;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l != asks && names(l, "charg", DIMENSION_TIME)) timed = true;
        else if (l != asks && names(l, "charg", DIMENSION_POWER) && l->n == 1) silence(l);
        else if (l->kind == LABEL_UNIT && l->unit && l->unit->dimension == DIMENSION_RATIO) silence(l);
    }
    if (timed) silence(asks);
    else rename_label(asks, "charging time");
}

/* "How much fuel does it use", "how much fuel fits in" */
static void read_fuel_amount(struct reading *r)
{
    static const char USED[] = "use|uses|used|using|burn|burns|need|needs|drink|drinks|consume|consumes|guzzle|guzzles|swallow|swallows|sip|sips|gulp|get through|go through|gets through|"
                               "braucht|verbraucht|schluckt|sauft|nimmt|consomme|boit|gasta|traga|consume";
    static const char HELD[] = "fit|fits|hold|holds|carry|carries|go in|goes in|passt|passen|cabe|caben|contient";
    int fuel = registry_find("fuel_type");
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i + 1];
        bool named = false;
        if (!label_is(&r->l->labels[i], WORD_HOW_MUCH) || l->kind != LABEL_TERM) continue;
        for (size_t k = 0; k < l->n_terms; k++) named = named || (l->terms[k].kind == TERM_ATTRIBUTE && l->terms[k].id == fuel);
        if (!named) continue;
        if (find_phrase(r, l->first, HELD) != SIZE_MAX) rename_label(l, "fuel tank capacity");
        else if (find_phrase(r, l->first, USED) != SIZE_MAX) rename_label(l, "fuel consumption");
    }
}

/* "Front or all wheel drive": which of both is asked, in the words of one of them. */
static void read_elliptic_drive(struct reading *r)
{
    int drive = registry_find("drivetrain");
    for (size_t i = 0; i + 2 < r->l->n_labels; i++) {
        struct label *side = &r->l->labels[i], *whole = &r->l->labels[i + 2];
        if (!reading_phrase(r, side->first, "front|rear|all|two|four") || side->n != 1 || !label_is(&r->l->labels[i + 1], WORD_OR)) continue;
        bool of = false;
        for (size_t k = 0; whole->kind == LABEL_TERM && k < whole->n_terms; k++)
            of = of || (whole->terms[k].kind == TERM_CATEGORY && CATEGORIES[whole->terms[k].id].attribute == drive);
        if (!of) continue;
        rename_label(whole, "drivetrain");
        silence(side);
    }
}

/* A distance of a kilometre or more: "miles", "km". */
static bool is_road_unit(const struct label *l)
{
    return l->kind == LABEL_UNIT && l->unit && l->unit->dimension == DIMENSION_LENGTH && unit_to_base(1, l->unit) > 900000;
}

/* "The most kilometres on it", "what is on the clock", "qué coche tiene más kilómetros": how far a vehicle has been driven,
 * and not how far it goes. */
static void read_driven_distance(struct reading *r)
{
    static const char CLOCK[] = "on the clock|on the odometer|on the odo|on its clock|on its odometer|auf der uhr|auf dem tacho|auf dem zahler|au compteur|"
                                "en el cuentakilometros|en el odometro";
    static const char ON[] = "on it|on them|on her|on him|drauf|runter|gelaufen|gefahren|parcourus|parcouru|recorridos|recorrido|hechos";
    static const char HAS[] = "has|have|had|done|covered|driven|hat|haben|a|ont|tiene|tienen|lleva|llevan|ha|han";
    static const char GOES[] = "range|charge|charging|battery|tank|wltp|epa|electric|electricity|per|gallon|gallons|litre|liter|litres|fill|go|goes|going|"
                               "reichweite|ladung|akku|batterie|tankfullung|schafft|autonomie|charge|recharge|autonomia|carga|bateria|deposito";
    size_t clock = find_phrase(r, 0, CLOCK);
    bool on = clock != SIZE_MAX || find_phrase(r, 0, ON) != SIZE_MAX, goes = find_phrase(r, 0, GOES) != SIZE_MAX;
    bool has = find_phrase(r, 0, HAS) != SIZE_MAX;
    struct query_attribute odometer = {.attribute = registry_find("odometer"), .key = ""};
    if (odometer.attribute < 0 || (!on && (!has || goes || !columns_have(r->c, NULL, 0, &odometer)))) return;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (!is_road_unit(l)) continue;
        const struct label *before = i ? &r->l->labels[i - 1] : NULL;
        bool counted = before && label_is(before, WORD_HOW_MANY);
        bool degree = before && (label_is(before, WORD_MOST) || label_is(before, WORD_LEAST) || label_is(before, WORD_MORE) || label_is(before, WORD_LESS));
        if (!degree && !(on && counted)) continue;
        rename_label(l, "odometer");
        if (!counted) l->unit = NULL;
        return;
    }
    /* "What's on the clock of the Kangoo" */
    for (size_t i = 0; clock != SIZE_MAX && i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (names(l, "odometer", DIMENSION_NONE) || is_road_unit(l) || (l->kind == LABEL_NUMBER && l->unit)) return;
        size_t last = clock + reading_phrase(r, clock, CLOCK) - 1;
        if (l->first > last || last >= l->first + l->n || l->kind == LABEL_MENTION) continue;
        rename_label(l, "odometer");
        return;
    }
}

/* Whether the attribute is one that the documents have. */
static bool is_given(const struct reading *r, const char *id)
{
    struct query_attribute a = {.attribute = registry_find(id), .key = ""};
    return a.attribute >= 0 && columns_have(r->c, NULL, 0, &a);
}

/* "When was it first registered", "¿cuándo se matriculó?": the date of it, and neither the plate nor a model year. */
static void read_registration(struct reading *r)
{
    static const char WHEN[] = "when|which day|which date|what date|since when|wann|seit wann|quand|depuis quand|cuando|desde cuando";
    static const char DONE[] = "first registered|registered|registration|erstmals zugelassen|zugelassen|immatricule|immatriculee|mis en circulation|"
                               "mise en circulation|matriculo|matricula|matriculado|matriculada|matricularon|上牌";
    size_t when = find_phrase(r, 0, WHEN), at = when == SIZE_MAX ? SIZE_MAX : find_phrase(r, when + 1, DONE);
    if (at == SIZE_MAX || !is_given(r, "first_registration")) return;
    size_t end = at + reading_phrase(r, at, DONE);
    bool named = false;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->kind == LABEL_MENTION || l->first + l->n <= at || l->first >= end) continue;
        if (named) {
            silence(l);
        } else {
            rename_label(l, "first registration");
            named = true;
        }
    }
    for (size_t i = 0; named && i < r->l->n_labels; i++)
        if (r->l->labels[i].first == when && label_is(&r->l->labels[i], WORD_WHEN)) silence(&r->l->labels[i]);
}

/* "In stock the longest", "how long has it been in stock": days, and no length of the car. */
static void read_days_in_stock(struct reading *r)
{
    static const char STOCK[] = "in stock|on the lot|on our lot|on the forecourt|in inventory|in our inventory|unsold|im bestand|auf dem hof|auf lager|"
                                "en stock|au parc|en el inventario|en existencias";
    static const char LONG[] = "how long|the longest|longest|longer|how many days|wie lange|am langsten|langsten|depuis combien de temps|le plus longtemps|"
                               "cuanto tiempo|mas tiempo";
    static const char NAMES[] = "days|days in stock|days on lot|days on the lot|days in inventory|stock days|age days|dol|standtage|standzeit|"
                                "tage im bestand|jours en stock|jours|dias en stock|dias";
    size_t at = find_phrase(r, 0, LONG);
    if (at == SIZE_MAX || find_phrase(r, 0, STOCK) == SIZE_MAX) return;
    bool most = reading_phrase(r, at, "the longest|longest|am langsten|langsten|le plus longtemps|mas tiempo") > 0;
    at += reading_phrase(r, at, LONG) - 1;
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (at < l->first || at >= l->first + l->n || l->kind == LABEL_MENTION) continue;
        for (uint32_t k = 0; k < r->c->n_columns; k++) {
            const struct catalog_column *col = &r->c->columns[k];
            if (!col->has_numbers || !col->key[0]) continue;
            struct token t[8];
            size_t n = tokens_split(col->key, strlen(col->key), TOKENS_TEXT, t, 8);
            if (n == 0 || !is_phrase(t, n, NAMES)) continue;
            uint32_t *id = arena_array(&r->q->arena, 1, sizeof *id);
            if (!id) return;
            *id = k;
            *l = (struct label){.kind = LABEL_COLUMN, .first = l->first, .n = l->n, .ids = id, .n_ids = 1};
            if (most) {
                l->words[0] = (struct word){.class = WORD_MOST, .languages = 31};
                l->n_words = 1;
            }
            return;
        }
        l->kind = LABEL_UNKNOWN; /* no column says it: it is not understood */
        l->n_terms = l->n_words = 0;
        return;
    }
}

/* "How fast does the FX16 travel": a verb behind the vehicle that the question is about. */
static void read_travel(struct reading *r)
{
    for (size_t i = 2; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->n == 1 && l->kind == LABEL_TERM && !strcmp(r->l->tokens[l->first].key, "travel") && r->l->labels[i - 1].kind == LABEL_MENTION)
            silence(l);
    }
}

/* "The longest load bed", "the widest track": the length of the bed, where the registry has a name for it. */
static void read_measured_part(struct reading *r)
{
    static const struct {
        const char *most, *least, *measure;
    } MEASURES[] = {{"longest", "shortest", "length"}, {"widest", "narrowest", "width"}, {"tallest", "lowest", "height"}, {"highest", "lowest", "height"}, {"deepest", "shallowest", "depth"}};
    for (size_t i = 0; i + 1 < r->l->n_labels; i++) {
        struct label *degree = &r->l->labels[i];
        const char *key = r->l->tokens[degree->first].key;
        for (size_t m = 0; degree->n == 1 && degree->kind != LABEL_MENTION && m < sizeof MEASURES / sizeof *MEASURES; m++) {
            bool most = !strcmp(key, MEASURES[m].most), least = !strcmp(key, MEASURES[m].least);
            for (size_t n = 3; n > 0 && (most || least); n--) {
                struct token t[4];
                size_t first = degree->first + 1, last = i;
                if (first + n > r->l->n_tokens) continue;
                memcpy(t, &r->l->tokens[first], n * sizeof *t);
                memset(&t[n], 0, sizeof t[n]);
                t[n].kind = TOKEN_WORD;
                t[n].gap = GAP_SPACE;
                strcpy(t[n].key, MEASURES[m].measure);
                const struct term *terms = NULL;
                size_t n_terms = 0, unknown = 0;
                if (registry_match(t, n + 1, &terms, &n_terms) != n + 1 || terms[0].kind != TERM_ATTRIBUTE || !is_given(r, REGISTRY[terms[0].id].id)) continue;
                /* Words that are known do without: "the longest wheelbase". */
                while (last + 1 < r->l->n_labels && r->l->labels[last + 1].first < first + n) unknown += r->l->labels[++last].kind == LABEL_UNKNOWN;
                if (!unknown || r->l->labels[last].first + r->l->labels[last].n != first + n) continue;
                *degree = (struct label){.kind = LABEL_WORD, .first = degree->first, .n = 1, .n_words = 1};
                degree->words[0] = (struct word){.class = most ? WORD_MOST : WORD_LEAST, .languages = 1};
                for (size_t k = i + 1; k <= last; k++) silence(&r->l->labels[k]);
                struct label *part = &r->l->labels[i + 1];
                part->kind = LABEL_TERM;
                part->terms = terms;
                part->n_terms = n_terms;
                part->used = false;
                return;
            }
        }
    }
}

/* "What did people pay for it": who does what the verb says, no number of seats. */
static void read_people(struct reading *r)
{
    for (size_t i = 1; i + 1 < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        const struct label *verb = &r->l->labels[i + 1];
        if (l->n != 1 || !names(l, "seats", DIMENSION_NONE) || !label_is(&r->l->labels[i - 1], WORD_AUXILIARY) || verb->kind != LABEL_TERM)
            continue;
        for (size_t k = 0; k < verb->n_terms; k++)
            if (verb->terms[k].kind == TERM_ATTRIBUTE && verb->terms[k].asking && !names(verb, "seats", DIMENSION_NONE)) {
                silence(l);
                break;
            }
    }
}

void read_asking_words(struct reading *r)
{
    read_people(r);
    read_measured_part(r);
    read_registration(r);
    read_days_in_stock(r);
    read_travel(r);
    read_driven_distance(r);
    read_duration(r);
    read_fuel_amount(r);
    read_elliptic_drive(r);
}
