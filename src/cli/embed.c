/* autospec embed: texts to vectors, and how near texts are to each other. */
#include "cli/model_open.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/text_input.h"
#include "engine/encoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUT = 1 << 28 };

/* The texts of the command line, or the lines of standard input. */
struct texts {
    struct encoder_text *list;
    size_t n;
    struct buffer input;
};

static bool split_lines(struct texts *t, struct error *err)
{
    size_t lines = 0;
    for (size_t i = 0; i < t->input.len; i++) lines += t->input.data[i] == '\n';
    t->list = calloc(lines + 1, sizeof *t->list);
    if (!t->list) return error_memory(err, "texts");
    const char *at = buffer_text(&t->input), *stop = at + t->input.len;
    while (at < stop) {
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        if (!end) end = stop;
        size_t len = (size_t)(end - at);
        if (len && at[len - 1] == '\r') len--;
        t->list[t->n++] = (struct encoder_text){at, len};
        at = end + 1;
    }
    return true;
}

static bool read_texts(const struct command_line *line, struct texts *t, struct error *err)
{
    if (line->n_arguments == 0 || strcmp(line->arguments[0], "-") == 0)
        return text_input(line, "a text", MAX_INPUT, &t->input, err) && split_lines(t, err);
    t->list = calloc(line->n_arguments, sizeof *t->list);
    if (!t->list) return error_memory(err, "texts");
    for (; t->n < line->n_arguments; t->n++)
        t->list[t->n] = (struct encoder_text){line->arguments[t->n], strlen(line->arguments[t->n])};
    return true;
}

static void texts_free(struct texts *t)
{
    free(t->list);
    buffer_free(&t->input);
}

/* Vectors of texts, one each or ColBERT's one a token. */
struct vectors {
    size_t dim;
    float *each; /* (n, dim) */
    struct token_vectors tokens;
};

static bool embed(struct encoder *e, const struct encoder_info *info,
                  const struct encoder_text *texts, size_t n, enum encoder_kind kind,
                  struct vectors *v, struct error *err)
{
    *v = (struct vectors){.dim = info->dim};
    if (info->per_token) return encoder_embed_tokens(e, texts, n, kind, &v->tokens, err);
    v->each = calloc(n + 1, info->dim * sizeof *v->each);
    if (!v->each) return error_memory(err, "vectors");
    return encoder_embed(e, texts, n, kind, v->each, err);
}

static void vectors_free(struct vectors *v)
{
    free(v->each);
    token_vectors_free(&v->tokens);
}

/* ---- output ---- */

static void print_array(const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++) output_printf("%s%.8g", i ? "," : "[", (double)v[i]);
    output_puts("]");
}

static void print_vector(const struct vectors *v, size_t text)
{
    if (v->each) {
        print_array(v->each + text * v->dim, v->dim);
        return;
    }
    output_puts("[");
    for (size_t i = v->tokens.first[text]; i < v->tokens.first[text + 1]; i++) {
        if (i > v->tokens.first[text]) output_puts(",");
        print_array(v->tokens.vectors + i * v->dim, v->dim);
    }
    output_puts("]");
}

static void print_embeddings(const struct command_line *line, const struct encoder_info *info,
                             const struct vectors *v, size_t n)
{
    if (line->json) {
        json_t *text = json_string(info->name);
        char *name = text ? json_dumps(text, JSON_ENCODE_ANY) : NULL;
        json_decref(text);
        output_printf("{\"model\": %s, \"dim\": %zu, \"kind\": \"%s\", \"per\": \"%s\",\n"
                      " \"device\": \"%s\", \"embeddings\": [\n",
                      name ? name : "null", info->dim, line->query ? "query" : "passage",
                      info->per_token ? "token" : "text", info->device);
        free(name);
    }
    for (size_t i = 0; i < n; i++) {
        print_vector(v, i);
        output_puts(line->json && i + 1 < n ? ",\n" : "\n");
    }
    if (line->json) output_puts("]}\n");
}

static double score(const struct vectors *q, const struct vectors *p, size_t i)
{
    if (!q->each) return (double)token_vectors_score(&q->tokens, 0, &p->tokens, i);
    double dot = 0, a = 0, b = 0;
    for (size_t d = 0; d < q->dim; d++) {
        double x = (double)q->each[d], y = (double)p->each[i * p->dim + d];
        dot += x * y;
        a += x * x;
        b += y * y;
    }
    return a > 0 && b > 0 ? dot / (sqrt(a) * sqrt(b)) : 0;
}

/* The first text against each of the others, in their order. */
static bool print_similarities(const struct command_line *line, const struct texts *t,
                               const struct vectors *q, const struct vectors *p, struct error *err)
{
    json_t *list = line->json ? json_array() : NULL;
    for (size_t i = 0; i + 1 < t->n; i++) {
        double s = score(q, p, i);
        const struct encoder_text *text = &t->list[i + 1];
        if (line->json) {
            json_array_append_new(list, json_real(s));
            continue;
        }
        output_printf("%.4f\t", s);
        output_text(text->text, text->len);
        output_puts("\n");
    }
    return !line->json || output_json(json_pack("{s:o}", "similarities", list), err);
}

static bool embed_and_print(struct encoder *e, const struct command_line *line,
                            const struct texts *t, struct error *err)
{
    struct encoder_info info;
    struct vectors first = {0}, rest = {0};
    encoder_info(e, &info);
    bool ok;
    if (line->similarity) {
        ok = embed(e, &info, t->list, 1, ENCODER_QUERY, &first, err) &&
             embed(e, &info, t->list + 1, t->n - 1, ENCODER_PASSAGE, &rest, err) &&
             print_similarities(line, t, &first, &rest, err);
    } else {
        ok = embed(e, &info, t->list, t->n, line->query ? ENCODER_QUERY : ENCODER_PASSAGE, &rest,
                   err);
        if (ok) print_embeddings(line, &info, &rest, t->n);
    }
    vectors_free(&first);
    vectors_free(&rest);
    return ok;
}

static int run(struct command_line *line, struct error *err)
{
    const struct settings *s = &line->settings;
    struct texts texts = {0};
    char *dir = NULL, *cache = NULL;
    struct encoder *e = NULL;
    const char *isa = settings_choice(s, SETTING_ISA);
    bool ok = read_texts(line, &texts, err);
    if (ok && s->values[SETTING_MODEL].source == SOURCE_DEFAULT)
        ok = error_set(err, ERROR_USAGE,
                       "--model is missing: an encoder, such as "
                       "sentence-transformers/all-MiniLM-L6-v2 or BAAI/bge-small-en-v1.5");
    if (ok && line->similarity && texts.n < 2)
        ok = error_set(err, ERROR_USAGE, "--similarity needs two texts or more");
    dir = ok ? place_model(s, err) : NULL;
    if (!dir) goto done;
    cache = place_cache(s);
    /* Encoders are small: they keep 8 bits unless somebody has asked for something else. */
    bool chosen = s->values[SETTING_USE_4BIT].source != SOURCE_DEFAULT ||
                  s->values[SETTING_USE_8BIT].source != SOURCE_DEFAULT;
    struct encoder_options options = {
        .type = chosen ? model_quant(s) : QUANT_Q8,
        .cache_dir = cache,
        .n_threads = settings_count(s, SETTING_THREADS),
        .device = settings_text(s, SETTING_DEVICE),
        .isa = strcmp(isa, "auto") == 0 ? NULL : isa,
    };
    e = encoder_open(dir, &options, err);
    ok = e && embed_and_print(e, line, &texts, err);
done:
    encoder_free(e);
    free(cache);
    ok = ok && dir;
    free(dir);
    texts_free(&texts);
    return ok ? EXIT_OK : EXIT_FAILED;
}

const struct command command_embed = {
    .name = "embed",
    .bit = COMMAND_EMBED,
    .arguments = "[TEXT...]",
    .summary = "Turn texts into vectors with a BERT encoder",
    .description =
        "Prints one JSON array of numbers a line, a line a TEXT. Without TEXT, or with -,\n"
        "each line of standard input is a text. The model is a folder or ORG/NAME of the\n"
        "Hub: all-MiniLM-L6-v2, bge-small-en-v1.5 and their like, pooled as their\n"
        "sentence-transformers files say; or colbertv2.0, which gives an array of vectors,\n"
        "one a token. Longer texts than the model takes are cut. Weights are kept in 8\n"
        "bits unless --quant says otherwise. A GPU computes where DEVICE allows one and it\n"
        "has room; --json says where.\n",
    .run = run,
};
