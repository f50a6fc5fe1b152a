/* POST /v1/embeddings: vectors of texts, by the encoder that the server was started with. */
#include "server/fields.h"
#include "server/handlers.h"
#include "server/openai.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXTS = 256, MAX_TEXT_BYTES = 1 << 20, TEXTS_AT_ONCE = 16 };

struct embedding {
    struct exchange *x;
    struct server *server;
    json_t *body;
    struct encoder_info info;
    struct encoder_text texts[MAX_TEXTS];
    size_t n;
    enum encoder_kind kind;
    bool base64;
};

static bool read_texts(struct embedding *e)
{
    const json_t *input = json_object_get(e->body, "input");
    if (!input) return field_refuse(e->x, "input", "is missing");
    e->n = json_is_array(input) ? json_array_size(input) : 1;
    if (e->n == 0 || e->n > MAX_TEXTS)
        return field_refuse(e->x, "input", "has not 1 to %d texts", MAX_TEXTS);
    for (size_t i = 0; i < e->n; i++) {
        const json_t *text = json_is_array(input) ? json_array_get(input, i) : input;
        size_t len = json_string_length(text);
        if (!json_is_string(text) || len == 0)
            return field_refuse(e->x, "input",
                                "holds something that is no text (tokens are not taken), or an "
                                "empty one");
        if (len > MAX_TEXT_BYTES)
            return field_refuse(e->x, "input", "a text has more than %d bytes", MAX_TEXT_BYTES);
        e->texts[i] = (struct encoder_text){json_string_value(text), len};
    }
    return true;
}

static bool read_options(struct embedding *e)
{
    const char *format = "float", *type = "passage";
    size_t dimensions = e->info.dim;
    if (!field_text(e->x, e->body, "encoding_format", false, &format) ||
        !field_text(e->x, e->body, "input_type", false, &type) ||
        !field_count(e->x, e->body, "dimensions", 1, (size_t)1 << 20, &dimensions))
        return false;
    if (dimensions != e->info.dim)
        return openai_unsupported(e->x, "dimensions", "the encoder has a number of its own");
    e->base64 = strcmp(format, "base64") == 0;
    if (!e->base64 && strcmp(format, "float") != 0)
        return field_refuse(e->x, "encoding_format", "is neither float nor base64");
    e->kind = strcmp(type, "query") == 0 ? ENCODER_QUERY : ENCODER_PASSAGE;
    if (e->kind == ENCODER_PASSAGE && strcmp(type, "passage") != 0)
        return field_refuse(e->x, "input_type", "is neither query nor passage");
    return true;
}

static bool check_model(struct embedding *e)
{
    const char *name = NULL;
    if (!field_text(e->x, e->body, "model", false, &name)) return false;
    if (!name || strcmp(name, e->server->encoder_name) == 0) return true;
    reply_error(e->x, 404, "model_not_found", "model",
                "model: the encoder has another name; GET /v1/models lists what there is");
    return false;
}

/* Tokens that were computed: of each text, those that the encoder takes. */
static bool count_tokens(struct embedding *e, size_t *n, struct error *err)
{
    struct tokens ids = {0};
    bool ok = true;
    *n = 0;
    for (size_t i = 0; ok && i < e->n; i++) {
        ids.len = 0;
        ok = tokenizer_encode(encoder_tokenizer(e->server->encoder), e->texts[i].text,
                              e->texts[i].len, TOKENIZE_TEXT, &ids, err);
        *n += ids.len + 2 < e->info.max_tokens ? ids.len + 2 : e->info.max_tokens;
    }
    tokens_free(&ids);
    return ok;
}

/* Little-endian f32, as this machine has them. */
static json_t *vector_base64(const float *v, size_t dim)
{
    size_t bytes = dim * sizeof *v;
    unsigned char *text = malloc(4 * (bytes / 3 + 1) + 1);
    json_t *out = NULL;
    if (text) {
        int len = EVP_EncodeBlock(text, (const unsigned char *)v, (int)bytes);
        out = json_stringn((const char *)text, (size_t)len);
    }
    free(text);
    return out;
}

static json_t *vector_floats(const float *v, size_t dim)
{
    json_t *list = json_array();
    for (size_t i = 0; i < dim; i++) json_array_append_new(list, json_real((double)v[i]));
    return list;
}

static void reply_vectors(struct embedding *e, const float *vectors, size_t tokens)
{
    json_t *data = json_array();
    for (size_t i = 0; i < e->n; i++) {
        const float *v = vectors + i * e->info.dim;
        json_array_append_new(
            data,
            json_pack("{s:s, s:I, s:o}", "object", "embedding", "index", (json_int_t)i, "embedding",
                      e->base64 ? vector_base64(v, e->info.dim) : vector_floats(v, e->info.dim)));
    }
    reply_json(e->x, 200,
               json_pack("{s:s, s:o, s:s, s:{s:I, s:I}}", "object", "list", "data", data, "model",
                         e->server->encoder_name, "usage", "prompt_tokens", (json_int_t)tokens,
                         "total_tokens", (json_int_t)tokens));
}

/* A few at a time, so that others get their turn and one that nobody waits for any more ends. */
static bool embed(struct embedding *e, float *vectors, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < e->n; i += TEXTS_AT_ONCE) {
        size_t n = e->n - i < TEXTS_AT_ONCE ? e->n - i : TEXTS_AT_ONCE;
        if (atomic_load(&e->x->cancel)) return error_set(err, ERROR_CANCELLED, "cancelled");
        pthread_mutex_lock(&e->server->encoder_lock);
        ok = encoder_embed(e->server->encoder, e->texts + i, n, e->kind, vectors + i * e->info.dim,
                           err);
        pthread_mutex_unlock(&e->server->encoder_lock);
    }
    return ok;
}

static void run(struct embedding *e)
{
    struct error err = {0};
    size_t tokens;
    float *vectors = calloc(e->n, e->info.dim * sizeof *vectors);
    bool ok = vectors || error_memory(&err, "vectors");
    ok = ok && count_tokens(e, &tokens, &err);
    if (ok && embed(e, vectors, &err))
        reply_vectors(e, vectors, tokens);
    else
        reply_failure(e->x, &err);
    free(vectors);
}

void handle_embeddings(struct exchange *x)
{
    struct server *s = x->server;
    if (!server_has_model(x)) return;
    if (!s->encoder) {
        reply_error(x, 400, "no_encoder", NULL,
                    "the server was started without an encoder (AUTOSPEC_ENCODER, --encoder)");
        return;
    }
    struct embedding e = {.x = x, .server = s};
    encoder_info(s->encoder, &e.info);
    if (e.info.per_token) {
        reply_error(x, 400, "no_encoder", NULL,
                    "the server's encoder makes a vector a token, not one a text");
        return;
    }
    e.body = fields_read(x);
    if (!e.body) return;
    if (check_model(&e) && read_texts(&e) && read_options(&e)) run(&e);
    json_decref(e.body);
}
