/* POST /verify: the figures of any text, checked against the documents. */
#include "answer/claims.h"
#include "answer/knowledge.h"
#include "server/fields.h"
#include "server/handlers.h"
#include "server/server.h"

#include <string.h>

enum { VERIFY_MAX_BYTES = 1 << 20 };

static json_t *check(struct exchange *x, const char *text, struct error *err)
{
    struct server *s = x->server;
    struct claims claims;
    json_t *reply = NULL;
    struct store *store = stores_take(s->stores, err);
    struct knowledge *k = store ? knowledge_acquire(stores_knowledge(s->stores), store, err) : NULL;
    if (k && claims_check(&claims, text, strlen(text), k->words, store, err)) {
        reply = claims_to_json(&claims);
        claims_free(&claims);
        if (!reply) error_memory(err, "claims");
    }
    knowledge_release(k);
    stores_give(s->stores, store);
    return reply;
}

void handle_verify(struct exchange *x)
{
    static const char *const FIELDS[] = {"text", NULL};
    json_t *body = fields_read(x);
    const char *text;
    if (!body) return;
    if (fields_known(x, body, FIELDS) && field_text(x, body, "text", true, &text)) {
        struct error err = {0};
        size_t len = strlen(text);
        json_t *reply = len > VERIFY_MAX_BYTES ? NULL : check(x, text, &err);
        if (len > VERIFY_MAX_BYTES)
            reply_error(x, 413, "text_too_long", "text",
                        "text: has %zu bytes; at most %d are taken", len, VERIFY_MAX_BYTES);
        else if (reply)
            reply_json(x, 200, reply);
        else
            reply_failure(x, &err);
    }
    json_decref(body);
}
