#include "document/json_ld.h"

#include "base/buffer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DEPTH = 12, MAX_VALUES = 400, MAX_ITEMS = 200, MAX_NAME = 120 };

struct record {
    struct document_reader *r;
    const char *script; /* [0, len) of the document */
    size_t len, line;
    struct buffer names[MAX_VALUES], values[MAX_VALUES];
    size_t n, n_items;
    struct buffer text; /* scratch */
};

static const char *type_of(const json_t *v)
{
    const json_t *t = json_object_get(v, "@type");
    if (json_is_array(t)) t = json_array_get(t, 0);
    const char *name = json_is_string(t) ? json_string_value(t) : "";
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

/* Units by their codes in UN/CEFACT's list, as far as vehicles need them; others by their name. */
static const char *unit_of(const json_t *v)
{
    static const char *const UNITS[][2] = {
        {"KWT", "kW"}, {"BHP", "bhp"}, {"HP", "hp"},   {"N12", "PS"},  {"KMT", "km"},   {"MTR", "m"},   {"CMT", "cm"},
        {"MMT", "mm"}, {"KGM", "kg"},  {"LBR", "lb"},  {"LTR", "l"},   {"CMQ", "cm³"},  {"GLL", "gal"}, {"SMI", "mi"},
        {"KMH", "km/h"}, {"HM", "mph"}, {"NU", "N·m"}, {"INH", "in"},  {"FOT", "ft"},   {"TNE", "t"},   {"GRM", "g"},
        {"KWH", "kWh"}, {"SEC", "s"},  {"28", "kg/m²"}, {"P1", "%"},
    };
    const char *text = json_string_value(json_object_get(v, "unitText"));
    if (text && *text) return text;
    const char *code = json_string_value(json_object_get(v, "unitCode"));
    for (size_t i = 0; code && i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(code, UNITS[i][0]) == 0) return UNITS[i][1];
    return "";
}

static void put_scalar(struct buffer *b, const json_t *v)
{
    if (json_is_string(v)) buffer_puts(b, json_string_value(v));
    if (json_is_integer(v)) buffer_printf(b, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v)) buffer_printf(b, "%.15g", json_real_value(v));
    if (json_is_boolean(v)) buffer_puts(b, json_is_true(v) ? "yes" : "no");
}

static void add_value(struct record *d, const char *name, const char *text, const char *unit)
{
    if (!*text || d->n == MAX_VALUES || strlen(name) > MAX_NAME || strstr(text, "://")) return;
    for (size_t i = 0; i < d->n; i++) {
        if (strcmp(buffer_text(&d->names[i]), name) != 0) continue;
        buffer_printf(&d->values[i], ", %s%s%s", text, *unit ? " " : "", unit);
        return;
    }
    buffer_puts(&d->names[d->n], name);
    buffer_printf(&d->values[d->n], "%s%s%s", text, *unit ? " " : "", unit);
    d->n++;
}

/* Members that say nothing of the vehicle. */
static bool is_left_out(const char *name)
{
    static const char *const NAMES[] = {"image", "url", "description", "review", "aggregateRating", "logo", "sameAs",
                                        "seller", "potentialAction", "mainEntityOfPage", "isRelatedTo",
                                        "isSimilarTo", "itemCondition", "availability", "priceCurrency",
                                        "shippingDetails", "hasMerchantReturnPolicy", "photo", "video"};
    if (name[0] == '@') return true;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(name, NAMES[i]) == 0) return true;
    return false;
}

static void add_member(struct record *d, const char *name, const json_t *v, int depth);

static void add_object(struct record *d, const char *name, const json_t *v, int depth)
{
    const char *own = json_string_value(json_object_get(v, "name"));
    const json_t *value = json_object_get(v, "value"), *price = json_object_get(v, "price");
    if (value || json_object_get(v, "minValue")) {
        const json_t *low = json_object_get(v, "minValue"), *high = json_object_get(v, "maxValue");
        buffer_clear(&d->text);
        if (value) {
            put_scalar(&d->text, value);
        } else {
            put_scalar(&d->text, low);
            if (high) buffer_puts(&d->text, " - ");
            put_scalar(&d->text, high);
        }
        char *text = strdup(buffer_text(&d->text));
        if (!text)
            d->r->failed = true;
        else /* "additionalProperty": each is named by itself */
            add_value(d, own && *own ? own : name, text, unit_of(v));
        free(text);
        return;
    }
    if (price) {
        const char *currency = json_string_value(json_object_get(v, "priceCurrency"));
        buffer_clear(&d->text);
        put_scalar(&d->text, price);
        char *text = strdup(buffer_text(&d->text));
        if (!text)
            d->r->failed = true;
        else
            add_value(d, "price", text, currency ? currency : "");
        free(text);
        return;
    }
    if (own && *own) add_value(d, name, own, "");
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)v, key, member)
        if (strcmp(key, "name") != 0 && !is_left_out(key)) add_member(d, key, member, depth + 1);
}

static void add_member(struct record *d, const char *name, const json_t *v, int depth)
{
    if (depth > MAX_DEPTH || d->r->failed) return;
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v) && i < MAX_VALUES; i++)
            add_member(d, name, json_array_get(v, i), depth + 1);
    } else if (json_is_object(v)) {
        add_object(d, name, v, depth);
    } else {
        buffer_clear(&d->text);
        put_scalar(&d->text, v);
        char *text = strdup(buffer_text(&d->text));
        if (!text)
            d->r->failed = true;
        else
            add_value(d, name, text, "");
        free(text);
    }
}

/* Where the value is written in the script. */
static size_t place_of(const struct record *d, const struct buffer *value)
{
    const char *at = value->len && value->len < 200 ? memmem(d->script, d->len, value->data, value->len) : NULL;
    return (size_t)((at ? at : d->script) - d->r->data);
}

static void add_vehicle(struct record *d, const json_t *v)
{
    struct table_builder t;
    struct document_reader *r = d->r;
    size_t begin = (size_t)(d->script - r->data), end = begin + d->len;
    const char *key;
    json_t *member;
    if (d->n_items++ >= MAX_ITEMS) return;
    d->n = 0;
    const char *name = json_string_value(json_object_get(v, "name"));
    if (name) add_value(d, "name", name, "");
    json_object_foreach((json_t *)(uintptr_t)v, key, member)
        if (strcmp(key, "name") != 0 && !is_left_out(key)) add_member(d, key, member, 0);
    table_builder_init(&t, r);
    table_builder_add_row(&t, 0);
    for (size_t i = 0; i < d->n; i++)
        table_builder_add_cell(&t, buffer_text(&d->names[i]), d->names[i].len, d->line, begin);
    table_builder_add_row(&t, d->n_items);
    for (size_t i = 0; i < d->n; i++)
        table_builder_add_cell(&t, buffer_text(&d->values[i]), d->values[i].len, d->line,
                               place_of(d, &d->values[i]));
    struct table *table = d->n > 1 ? table_builder_end(&t, "", 0, ROW_ITEM, 1, d->line, d->line, begin, end) : NULL;
    if (table) table->place = "data of the page (JSON-LD)";
    table_builder_free(&t);
    for (size_t i = 0; i < d->n; i++) {
        if (d->names[i].failed || d->values[i].failed) r->failed = true;
        buffer_clear(&d->names[i]);
        buffer_clear(&d->values[i]);
    }
    if (d->text.failed) r->failed = true;
}

static bool is_vehicle(const char *type)
{
    static const char *const TYPES[] = {"Car",       "Vehicle",      "Product",        "Motorcycle",
                                        "BusOrCoach", "ProductModel", "IndividualProduct", "MotorizedBicycle"};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(type, TYPES[i]) == 0) return true;
    return false;
}

/* The vehicles in lists, graphs and what a page is about. */
static void find_vehicles(struct record *d, const json_t *v, int depth)
{
    static const char *const INSIDE[] = {"@graph", "mainEntity", "itemListElement", "item", "hasVariant", "about"};
    if (depth > MAX_DEPTH || d->r->failed) return;
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++) find_vehicles(d, json_array_get(v, i), depth + 1);
    } else if (json_is_object(v)) {
        if (is_vehicle(type_of(v))) add_vehicle(d, v);
        for (size_t i = 0; i < sizeof INSIDE / sizeof *INSIDE; i++) {
            const json_t *inside = json_object_get(v, INSIDE[i]);
            if (inside) find_vehicles(d, inside, depth + 1);
        }
    }
}

static const char *find_tag(const char *at, const char *end, const char *tag)
{
    size_t n = strlen(tag);
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        if ((size_t)(end - at) >= n && strncasecmp(at, tag, n) == 0) return at;
        at++;
    }
    return NULL;
}

static size_t line_of(const size_t *lines, size_t n, size_t place)
{
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines[middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

void json_ld_read(struct document_reader *r, const size_t *lines, size_t n_lines)
{
    const char *end = r->data + r->len;
    struct record *d = NULL;
    for (const char *at = r->data; !r->failed && (at = find_tag(at, end, "<script"));) {
        const char *behind = memchr(at, '>', (size_t)(end - at));
        if (!behind) break;
        bool data = memmem(at, (size_t)(behind - at), "application/ld+json", 19) != NULL;
        const char *close = find_tag(behind, end, "</script");
        if (!close) break;
        at = close;
        if (!data) continue;
        if (!d && !(d = calloc(1, sizeof *d))) {
            r->failed = true;
            break;
        }
        d->r = r;
        d->script = behind + 1;
        d->len = (size_t)(close - d->script);
        d->line = line_of(lines, n_lines, (size_t)(d->script - r->data));
        json_error_t bad;
        json_t *json = json_loadb(d->script, d->len, 0, &bad);
        if (json)
            find_vehicles(d, json, 0);
        else
            reader_note(r, "line %zu: the data of the page (JSON-LD) is no JSON: left out", d->line);
        json_decref(json);
    }
    for (size_t i = 0; d && i < MAX_VALUES; i++) {
        buffer_free(&d->names[i]);
        buffer_free(&d->values[i]);
    }
    if (d) buffer_free(&d->text);
    free(d);
}
