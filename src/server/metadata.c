#include "server/metadata.h"
#include "server/fields.h"

#include <stdio.h>
#include <string.h>

const char *const METADATA_NAMES[N_METADATA + 1] = {
    [METADATA_MANUFACTURER] = "manufacturer",
    [METADATA_MODEL] = "model",
    [METADATA_YEAR] = "year",
    [METADATA_CATEGORY] = "category",
    [METADATA_ENGINE_TYPE] = "engine_type",
    [METADATA_TRANSMISSION] = "transmission",
};

const char *metadata_key(struct exchange *x, enum metadata_field field, const char *name)
{
    struct buffer key = {0};
    vehicle_key(name, strlen(name), &key);
    const char *text = buffer_text(&key);
    if (field == METADATA_MANUFACTURER) text = manufacturer_alias(text);
    const char *out = key.failed ? NULL : arena_strdup(&x->arena, text);
    buffer_free(&key);
    return out;
}

static bool out_of_memory(struct exchange *x)
{
    reply_error(x, 507, "out_of_memory", NULL, "out of memory");
    return false;
}

static bool read_value(struct exchange *x, enum metadata_field field, const json_t *v,
                       const char *where, const char **out)
{
    char year[16];
    if (field == METADATA_YEAR) {
        int64_t n = 0;
        if (!json_whole(v, &n) && json_is_string(v))
            n = year_parse(json_string_value(v), json_string_length(v));
        if (n < 1900 || n > 2099) return field_refuse(x, where, "is not a year from 1900 to 2099");
        snprintf(year, sizeof year, "%d", (int)n);
        *out = arena_strdup(&x->arena, year);
    } else if (!json_is_string(v) || !json_string_length(v)) {
        return field_refuse(x, where, "is not a string with something in it");
    } else if (field <= METADATA_MODEL) {
        *out = metadata_key(x, field, json_string_value(v));
    } else {
        *out = arena_strdup(&x->arena, json_string_value(v));
    }
    return *out || out_of_memory(x);
}

bool metadata_read(struct exchange *x, const json_t *filter, struct metadata_filter *out, bool *any)
{
    *out = (struct metadata_filter){0};
    *any = false;
    if (!filter || json_is_null(filter)) return true;
    if (!json_is_object(filter)) return field_refuse(x, "metadata_filter", "is not an object");
    if (!fields_known(x, filter, METADATA_NAMES)) return false;
    for (enum metadata_field i = 0; i < N_METADATA; i++) {
        char where[64];
        snprintf(where, sizeof where, "metadata_filter.%s", METADATA_NAMES[i]);
        const json_t *given = json_object_get(filter, METADATA_NAMES[i]);
        if (!given || json_is_null(given)) continue;
        bool list = json_is_array(given);
        size_t n = list ? json_array_size(given) : 1;
        if (n > METADATA_MAX_VALUES)
            return field_refuse(x, where, "has more than %d values", METADATA_MAX_VALUES);
        const char **values = arena_array(&x->arena, n + 1, sizeof *values);
        if (!values) return out_of_memory(x);
        for (size_t k = 0; k < n; k++)
            if (!read_value(x, i, list ? json_array_get(given, k) : given, where, &values[k]))
                return false;
        out->fields[i] = (struct metadata_values){values, n};
        *any |= n > 0;
    }
    return true;
}
