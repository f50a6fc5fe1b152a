/* GET /v1/models: the model that is loaded, and the encoder. */
#include "server/handlers.h"
#include "server/openai.h"

#include <string.h>
#include <time.h>

static json_t *model_json(const char *name)
{
    return json_pack("{s:s, s:s, s:i, s:s}", "id", name, "object", "model", "created", 0,
                     "owned_by", "autospec");
}

void handle_v1_models(struct exchange *x)
{
    struct server *s = x->server;
    if (!server_has_model(x)) return;
    json_t *list = json_array();
    json_array_append_new(list, model_json(s->model_name));
    if (s->encoder) json_array_append_new(list, model_json(s->encoder_name));
    reply_json(x, 200, json_pack("{s:s, s:o}", "object", "list", "data", list));
}

void handle_v1_model(struct exchange *x)
{
    struct server *s = x->server;
    if (!server_has_model(x)) return;
    if (strcmp(x->arguments[0], s->model_name) == 0 ||
        (s->encoder && strcmp(x->arguments[0], s->encoder_name) == 0))
        reply_json(x, 200, model_json(x->arguments[0]));
    else
        reply_error(x, 404, "model_not_found", "model", "there is no model of this name here");
}
