/* A language model whose mind is known: it spells, byte by byte, one of the texts it thinks of, each as likely as the
 * test says. It has the vocabulary of models/nano and is masked by constraints as the engine is. */
#ifndef TESTS_MIND_FIXTURE_H
#define TESTS_MIND_FIXTURE_H

#include "rag_fixture.h"

#include "engine/engine_internal.h"
#include "engine/vocabulary.h"
#include "quant/packed_model.h"

#include <math.h>

struct thought {
    const char *when; /* the prompt has it */
    const char *text; /* what it would write, up to the closing quote */
    double weight;
};

struct mind {
    struct fake_model fake; /* calls, prompt */
    const struct thought *thoughts;
    size_t n;
    const struct vocabulary *vocabulary;
    struct buffer prompts; /* all user messages */
};

static struct packed_model mind_shape;
static struct engine mind_engine = {.name = (char *)"mind", .model = &mind_shape, .format = CHAT_R1};
static struct vocabulary *mind_words;

static inline int mind_setup(void **state)
{
    (void)state;
    struct error err = {0};
    mind_engine.tokenizer = tokenizer_read("models/nano", &err);
    if (!mind_engine.tokenizer) fail_msg("%s", err.text);
    mind_words = vocabulary_create(&mind_engine, &err);
    if (!mind_words) fail_msg("%s", err.text);
    return 0;
}

static inline int mind_teardown(void **state)
{
    (void)state;
    vocabulary_free(mind_words);
    tokenizer_free(mind_engine.tokenizer);
    return 0;
}

static inline int32_t mind_byte(unsigned char byte)
{
    const struct vocabulary_tree *t = &mind_words->all;
    for (size_t i = 0; i < t->n; i = t->nodes[i].next)
        if (t->nodes[i].byte == byte && t->nodes[i].id >= 0) return t->nodes[i].id;
    fail_msg("no token for byte %02x", byte);
    return -1;
}

/* What comes next after `written`, as logarithms. */
static inline void mind_think(const struct mind *m, const char *written, float *logits)
{
    size_t done = strlen(written);
    for (size_t i = 0; i < mind_words->n; i++) logits[i] = -60;
    for (size_t i = 0; i < m->n; i++) {
        struct buffer text = {0};
        buffer_printf(&text, "%s\"", m->thoughts[i].text);
        if (strstr(buffer_text(&m->fake.prompt), m->thoughts[i].when) && text.len > done &&
            memcmp(buffer_text(&text), written, done) == 0) {
            int32_t id = mind_byte((unsigned char)buffer_text(&text)[done]);
            logits[id] = (float)log(exp((double)logits[id]) + m->thoughts[i].weight);
        }
        buffer_free(&text);
    }
}

static inline bool mind_generate(void *context, const struct tokens *prompt, const struct generate_options *options,
                                 generate_sink *sink, void *sink_context, struct generate_result *result,
                                 struct error *err)
{
    struct mind *m = context;
    struct buffer written = {0};
    *result = (struct generate_result){.finish = FINISH_END, .prompt_tokens = prompt->len};
    if (!options->constraint) return true; /* it has nothing to say of passages */
    m->fake.calls++;
    buffer_puts(&m->prompts, buffer_text(&m->fake.prompt));
    if (m->fake.fails) return error_set(err, ERROR_IO, "the model broke");
    float *logits = calloc(mind_words->n, sizeof *logits);
    assert_non_null(logits);
    while (result->generated_tokens < options->max_tokens) {
        if (options->cancel && atomic_load(options->cancel)) {
            result->finish = FINISH_CANCELLED;
            break;
        }
        mind_think(m, buffer_text(&written), logits);
        if (!options->constraint->mask(options->constraint->context, logits, mind_words->n)) break;
        size_t best = 0, len;
        for (size_t i = 1; i < mind_words->n; i++)
            if (logits[i] > logits[best]) best = i;
        options->constraint->accept(options->constraint->context, (int32_t)best);
        const char *bytes = tokenizer_token_bytes(mind_engine.tokenizer, (int32_t)best, &len);
        buffer_append(&written, bytes, len);
        result->generated_tokens++;
    }
    sink(sink_context, buffer_text(&written), written.len, false);
    free(logits);
    buffer_free(&written);
    return true;
}

static inline bool mind_keep(void *context, const char *text, size_t len, bool reasoning)
{
    (void)reasoning;
    buffer_append(context, text, len);
    return true;
}

static inline const struct vocabulary *mind_vocabulary(void *context, struct error *err)
{
    (void)context, (void)err;
    return mind_words;
}

static inline struct generator mind_generator(struct mind *m)
{
    return (struct generator){m, 4096, fake_render, mind_generate, false, fake_begin, mind_vocabulary};
}

static inline void mind_free(struct mind *m)
{
    fake_free(&m->fake);
    buffer_free(&m->prompts);
}

#endif
