/* What the documents are about: the manufacturers, models ... that the store knows. */
#include "server/handlers.h"
#include "server/metadata.h"
#include "server/server.h"

static json_t *strings(const char *const *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_string(values[i]));
    return list;
}

static void reply_values(struct exchange *x, enum metadata_field field, const char *manufacturer,
                         const char *name)
{
    struct server *s = x->server;
    struct error err = {0};
    const char **values = NULL;
    size_t n = 0;
    struct store *store = stores_take(s->stores, &err);
    bool ok = store && store_list_values(store, field, manufacturer, &x->arena, &values, &n, &err);
    stores_give(s->stores, store);
    if (ok)
        reply_json(x, 200, json_pack("{s:o}", name, strings(values, n)));
    else
        reply_failure(x, &err);
}

void handle_manufacturers(struct exchange *x)
{
    reply_values(x, METADATA_MANUFACTURER, NULL, "manufacturers");
}

void handle_models(struct exchange *x)
{
    const char *name = exchange_query(x, "manufacturer"), *key = NULL;
    if (name && *name && !(key = metadata_key(x, METADATA_MANUFACTURER, name)))
        reply_error(x, 507, "out_of_memory", NULL, "out of memory");
    else
        reply_values(x, METADATA_MODEL, key, "models");
}

void handle_categories(struct exchange *x)
{
    reply_values(x, METADATA_CATEGORY, NULL, "categories");
}

void handle_engine_types(struct exchange *x)
{
    reply_values(x, METADATA_ENGINE_TYPE, NULL, "engine_types");
}

void handle_transmission_types(struct exchange *x)
{
    reply_values(x, METADATA_TRANSMISSION, NULL, "transmission_types");
}
