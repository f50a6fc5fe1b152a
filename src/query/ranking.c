#include "query/ranking.h"
#include "vehicle/units.h"
#include "vehicle/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_TIES = 3, MAX_NEXT = 2 };

/* ---- which figures are compared ---- */

/* Names of one attribute that measure different things: they are not compared with each other. */
static const char *const QUALIFIERS[] = {"city",  "highway",    "front", "rear",   "third",
                                         "basic", "powertrain", "0 100", "annual", "electric"};
enum { N_QUALIFIERS = sizeof QUALIFIERS / sizeof *QUALIFIERS };

/* One more than the place of the first that the words have; 0: none. */
static size_t qualifier_of(const char *words)
{
    for (size_t i = 0; i < N_QUALIFIERS; i++) {
        char padded[24] = " ";
        strcat(padded, QUALIFIERS[i]);
        strcat(padded, " ");
        if (strstr(words, padded)) return i + 1;
    }
    return 0;
}

static bool plain_name(const char *name, struct buffer *out)
{
    buffer_clear(out);
    words_plain(name, strlen(name), out);
    return !out->failed;
}

static bool is_wanted(void *context, const char *name)
{
    const struct superlative *s = context;
    struct buffer b = {0};
    bool wanted = plain_name(name, &b) && attribute_is(&s->attributes, buffer_text(&b));
    buffer_free(&b);
    return wanted;
}

struct entry {
    const struct store_figure *figure;
    size_t qualifier;
    double value; /* in the unit that all are compared in */
    double key;   /* less is earlier */
};

struct contest {
    const struct superlative *s;
    struct entry *entries;
    size_t n;
    const char *unit;
    bool least;
};

static bool all_figures(struct contest *c, struct store *store, const struct question *q,
                        const struct metadata_filter *metadata, struct arena *arena,
                        struct error *err)
{
    for (size_t i = 0; i < q->n_mentions || i == 0; i++) {
        struct vehicle_filter filter = {.metadata = metadata};
        if (q->n_mentions) {
            const struct mention *m = &q->mentions[i];
            filter.manufacturer = m->manufacturer_key[0] ? m->manufacturer_key : NULL;
            filter.model = m->model_key[0] ? m->model_key : NULL;
            filter.model_prefix = m->model_prefix;
            filter.trim = m->trim_key[0] ? m->trim_key : NULL;
        }
        struct store_figure *figures;
        size_t n;
        if (!store_find_figures(store, &filter, is_wanted, (void *)(uintptr_t)c->s, arena, &figures,
                                &n, err))
            return false;
        struct entry *grown = arena_array(arena, c->n + n + 1, sizeof *grown);
        struct buffer b = {0};
        if (!grown) return error_memory(err, "an answer");
        if (c->n) memcpy(grown, c->entries, c->n * sizeof *grown);
        c->entries = grown;
        for (size_t k = 0; k < n; k++) {
            if (!superlative_takes(c->s, &figures[k].vehicle) || !plain_name(figures[k].name, &b))
                continue;
            c->entries[c->n++] =
                (struct entry){.figure = &figures[k], .qualifier = qualifier_of(buffer_text(&b))};
        }
        buffer_free(&b);
    }
    return true;
}

/* Keeps those with the qualifier that the question has; else those without one; else those with the
 * one that most have. */
static void keep_one_kind(struct contest *c)
{
    size_t counts[N_QUALIFIERS + 1] = {0}, asked = qualifier_of(c->s->words), wanted = asked;
    for (size_t i = 0; i < c->n; i++) counts[c->entries[i].qualifier]++;
    for (size_t k = 0; k <= N_QUALIFIERS && !counts[asked]; k++)
        if (counts[k] > counts[wanted]) wanted = k;
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->entries[i].qualifier == wanted) c->entries[kept++] = c->entries[i];
    c->n = kept;
}

/* All in the unit that most have. What cannot be converted is left out. */
static void convert_all(struct contest *c)
{
    size_t most = 0;
    for (size_t i = 0; i < c->n; i++) {
        size_t count = 0;
        if (c->unit && strcmp(c->unit, c->entries[i].figure->unit) == 0) continue;
        for (size_t k = 0; k < c->n; k++)
            count += strcmp(c->entries[k].figure->unit, c->entries[i].figure->unit) == 0;
        if (count <= most) continue;
        most = count;
        c->unit = c->entries[i].figure->unit;
    }
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct entry e = c->entries[i];
        if (unit_convert(e.figure->number, e.figure->unit, c->unit, &e.value))
            c->entries[kept++] = e;
    }
    c->n = kept;
}

/* Whether the first is the one with the least. */
static bool wants_least(const struct contest *c)
{
    static const char *const LESS_IS_BETTER[] = {"price",   "msrp",  "cost", "weight",    "mass",
                                                 "turning", "drag",  "co2",  "emissions", "braking",
                                                 "0 60",    "0 100", "mile"};
    const char *asked = c->s->attribute;
    bool use = strncmp(c->unit, "L/100", 5) == 0 || strncmp(c->unit, "kWh/100", 7) == 0 ||
               strcmp(c->unit, "Wh/km") == 0;
    bool time =
        strcmp(c->unit, "s") == 0 || strcmp(c->unit, "min") == 0 || strcmp(c->unit, "h") == 0;
    bool better_less = use || time;
    for (size_t i = 0; i < sizeof LESS_IS_BETTER / sizeof *LESS_IS_BETTER; i++)
        better_less |= strcmp(c->unit, "mpg") != 0 && strstr(asked, LESS_IS_BETTER[i]) != NULL;
    switch (c->s->order) {
    case ORDER_BEST:
        return better_less;
    case ORDER_FASTEST:
        return time;
    case ORDER_SLOWEST:
        return !time;
    case ORDER_MOST:
    case ORDER_LEAST:
        break;
    }
    /* "The lowest consumption" of what is given in mpg is the most miles. */
    bool economy = use || strcmp(c->unit, "mpg") == 0;
    bool asks_use = strstr(asked, "consum") || strcmp(asked, "thirsty") == 0;
    bool asks_economy = strstr(asked, "econom") || strstr(asked, "efficien") ||
                        strstr(asked, "mpg") || strstr(asked, "mileage") || strstr(asked, "gallon");
    bool turned = economy && ((asks_use && !use) || (asks_economy && use));
    return (c->s->order == ORDER_LEAST) != turned;
}

static bool same_vehicle(const struct vehicle *a, const struct vehicle *b)
{
    return a->year == b->year && strcasecmp(a->manufacturer, b->manufacturer) == 0 &&
           strcasecmp(a->model, b->model) == 0 && strcasecmp(a->trim, b->trim) == 0;
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->figure->chunk < y->figure->chunk ? -1 : x->figure->chunk > y->figure->chunk;
}

/* First to last, each vehicle once. */
static void sort_entries(struct contest *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->entries[i].key = c->least ? c->entries[i].value : -c->entries[i].value;
    qsort(c->entries, c->n, sizeof *c->entries, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        bool again = false;
        for (size_t k = 0; k < kept && !again; k++)
            again = same_vehicle(&c->entries[k].figure->vehicle, &c->entries[i].figure->vehicle);
        if (!again) c->entries[kept++] = c->entries[i];
    }
    c->n = kept;
}

static bool is_tie(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(a);
}

/* ---- what is said ---- */

/* "437 hp", "$30,800": as the document writes it. */
static void write_value(const struct store_figure *f, struct buffer *out)
{
    const char *p = f->value;
    char digits[64];
    bool sign = *p == '-';
    while (*p && (*p < '0' || *p > '9') && *p != '.') p++;
    size_t n = number_read(p, strlen(p), digits, sizeof digits, NULL);
    if (sign) buffer_putc(out, '-');
    if (strcmp(f->unit, "USD") == 0) buffer_putc(out, '$');
    buffer_append(out, p, n);
    if (strcmp(f->unit, "%") == 0)
        buffer_putc(out, '%');
    else if (f->unit[0] && strcmp(f->unit, "USD") != 0)
        buffer_printf(out, " %s", f->unit);
}

/* "Top Speed" goes on in lower case; "MPG" and "0-60 mph" do not. */
static void write_name(const char *name, struct buffer *out)
{
    for (const char *p = name; *p; p++) {
        bool begins = p == name || p[-1] == ' ';
        bool lower = begins && *p >= 'A' && *p <= 'Z' && p[1] >= 'a' && p[1] <= 'z';
        buffer_putc(out, lower ? (char)(*p - 'A' + 'a') : *p);
    }
}

static void write_vehicle(const struct store_figure *f, struct buffer *out)
{
    buffer_puts(out, "the ");
    vehicle_title(&f->vehicle, out);
}

/* The passage of entry i becomes one of the answer's; its number. */
static bool cite(struct ranking *r, struct store *store, const struct entry *e, size_t *number,
                 struct error *err)
{
    for (size_t i = 0; i < r->hits.n; i++)
        if (r->hits.items[i].chunk == e->figure->chunk) {
            *number = i + 1;
            return true;
        }
    if (!store_read_chunk(store, e->figure->chunk, &r->hits, err)) return false;
    *number = r->hits.n;
    return true;
}

static bool say(struct ranking *r, const struct contest *c, struct store *store,
                struct arena *arena, struct error *err)
{
    struct buffer text = {0}, note = {0};
    size_t ties = 1, number = 0, shown, next = 0;
    bool ok = true;
    while (ties < c->n && is_tie(c->entries[0].value, c->entries[ties].value)) ties++;
    shown = ties < MAX_TIES ? ties : MAX_TIES;
    for (size_t i = 0; ok && i < shown; i++) {
        if (i) buffer_puts(&text, i + 1 < shown || ties > shown ? ", " : " and ");
        ok = cite(r, store, &c->entries[i], &number, err);
        buffer_puts(&text, i ? "the " : "The ");
        vehicle_title(&c->entries[i].figure->vehicle, &text);
        if (shown > 1) buffer_printf(&text, " [%zu]", number);
    }
    if (ties > shown) buffer_puts(&text, " and others");
    buffer_printf(&text, " %s the %s ", ties > 1 ? "have" : "has", c->least ? "lowest" : "highest");
    write_name(c->entries[0].figure->name, &text);
    buffer_puts(&text, ": ");
    write_value(c->entries[0].figure, &text);
    if (shown == 1) buffer_printf(&text, " [%zu]", number);
    buffer_putc(&text, '.');
    for (size_t i = ties; ok && i < c->n && next < MAX_NEXT; i++, next++) {
        buffer_puts(&text, next ? ", then " : " Next: ");
        ok = cite(r, store, &c->entries[i], &number, err);
        write_vehicle(c->entries[i].figure, &text);
        buffer_puts(&text, ", ");
        write_value(c->entries[i].figure, &text);
        buffer_printf(&text, " [%zu]", number);
    }
    if (next) buffer_putc(&text, '.');
    buffer_printf(&note, "%s of %zu vehicle%s whose ", c->least ? "Lowest" : "Highest", c->n,
                  c->n == 1 ? "" : "s");
    write_name(c->entries[0].figure->name, &note);
    buffer_puts(&note, " the documents give.");
    r->text = text.failed ? NULL : arena_strdup(arena, buffer_text(&text));
    r->conclusion = note.failed ? NULL : arena_strdup(arena, buffer_text(&note));
    buffer_free(&text);
    buffer_free(&note);
    return ok && ((r->text && r->conclusion) || error_memory(err, "an answer"));
}

static bool refuse(struct ranking *r, const struct superlative *s, const struct question *q,
                   struct arena *arena, struct error *err)
{
    struct buffer b = {0};
    buffer_printf(&b, "The documents do not give the %s of any ", s->attribute);
    if (s->year_from && s->year_from == s->year_to) buffer_printf(&b, "%d ", s->year_from);
    for (size_t i = 0; i < q->n_mentions; i++) {
        buffer_puts(&b, i ? "or " : "");
        struct vehicle v = q->mentions[i].vehicle;
        v.year = 0;
        vehicle_title(&v, &b);
        buffer_putc(&b, ' ');
    }
    for (size_t i = 0; i < s->n_kinds; i++) buffer_printf(&b, "%s ", s->kinds[i].word);
    buffer_puts(&b, "vehicle.");
    r->refused = true;
    r->text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    return r->text || error_memory(err, "an answer");
}

bool ranking_answer(struct ranking *out, struct store *store, const struct question *q,
                    const struct metadata_filter *metadata, struct arena *arena, struct error *err)
{
    *out = (struct ranking){.text = ""};
    struct superlative s;
    if (!superlative_understand(&s, q, store, arena, err)) return false;
    if (!s.asked) return true;
    out->asked = true;
    struct contest c = {.s = &s};
    bool ok = all_figures(&c, store, q, metadata, arena, err);
    if (ok) {
        keep_one_kind(&c);
        convert_all(&c);
        if (c.n) c.least = wants_least(&c);
        if (c.n) sort_entries(&c);
        ok = c.n ? say(out, &c, store, arena, err) : refuse(out, &s, q, arena, err);
    }
    if (!ok) hit_list_free(&out->hits);
    return ok;
}
