/* What the tests of the retrieval side share: a store in memory filled from text, and a generator
 * that says what the test tells it to. */
#ifndef TESTS_RAG_FIXTURE_H
#define TESTS_RAG_FIXTURE_H

#include "base/buffer.h"
#include "answer/generator.h"
#include "ingest/ingest.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static inline struct store *memory_store(void)
{
    struct error err = {0};
    struct store *s = store_open(":memory:", STORE_WRITE, &err);
    if (!s) fail_msg("%s", err.text);
    return s;
}

/* Ingests text that must be sound; gives what it counted. */
static inline struct ingest_totals ingest_ok(struct store *s, const char *name,
                                             enum document_kind kind, const char *text)
{
    struct error err = {0};
    struct ingest_totals totals = {0};
    if (!ingest_text(s, name, kind, text, strlen(text), NULL, &totals, &err))
        fail_msg("%s", err.text);
    return totals;
}

/* A handful of cars, two of them in several years and trims. */
static const char CARS_CSV[] =
    "Make,Model,Year,Trim,Body Style,Fuel Type,Transmission,Horsepower (hp),Combined MPG,"
    "0-60 mph (s),Towing Capacity (lb)\n"
    "Toyota,Camry,2023,LE,Sedan,Gasoline,8-speed automatic,203,32,8.0,\n"
    "Toyota,Camry,2023,XSE V6,Sedan,Gasoline,8-speed automatic,301,26,5.8,\n"
    "Toyota,Camry,2021,LE,Sedan,Gasoline,8-speed automatic,203,32,,\n"
    "Honda,Accord,2023,LX,Sedan,Gasoline,CVT,192,32,7.3,\n"
    "Ford,F-150,2021,XLT,Pickup,Gasoline,10-speed automatic,400,20,6.1,\"13,200\"\n"
    "Tesla,Model 3,2023,Long Range,Sedan,Electric,Single-speed,425,131,4.2,\n"
    "Chevrolet,Silverado 1500,2022,LT,Pickup,Gasoline,10-speed automatic,355,18,,9500\n"
    "Lexus,IS,2022,IS 350,Sedan,Gasoline,8-speed automatic,311,23,5.6,\n"
    "Mazda,CX-50,2023,,SUV,Gasoline,6-speed automatic,187,27,,2000\n"
    "Mazda,CX-5,2023,,SUV,Gasoline,6-speed automatic,187,28,,2000\n"
    "Land Rover,Range Rover,2022,,SUV,Gasoline,8-speed automatic,395,21,5.8,7716\n";

static inline struct store *cars_store(void)
{
    struct store *s = memory_store();
    ingest_ok(s, "/cars.csv", DOCUMENT_CSV, CARS_CSV);
    return s;
}

/* ---- a generator that is told what to say ---- */

struct fake_model {
    const char *says;     /* the answer; sent in pieces of three bytes */
    const char *reasons;  /* before it, as reasoning; NULL: nothing */
    size_t calls;         /* of generate */
    size_t prompt_tokens; /* of the last prompt */
    struct buffer prompt; /* the last user message that was rendered */
    struct buffer system;
    struct buffer begun; /* what the answer was made to begin with */
    bool fails; /* generate ends with an error */
};

/* One token a word, whatever the word. */
static inline bool fake_render(void *context, const struct chat_message *messages, size_t n,
                               enum thinking thinking, struct tokens *out, struct error *err)
{
    struct fake_model *m = context;
    (void)thinking;
    for (size_t i = 0; i < n; i++) {
        struct buffer *b = messages[i].role == ROLE_SYSTEM ? &m->system : &m->prompt;
        buffer_clear(b);
        buffer_append(b, messages[i].text, messages[i].len);
        bool in_word = false;
        for (size_t k = 0; k < messages[i].len; k++) {
            bool space = strchr(" \n", messages[i].text[k]) != NULL;
            if (!space && !in_word && !tokens_push(out, 1, err)) return false;
            in_word = !space;
        }
    }
    return true;
}

static inline bool fake_begin(void *context, const char *text, size_t len, struct tokens *out,
                              struct error *err)
{
    struct fake_model *m = context;
    buffer_clear(&m->begun);
    buffer_append(&m->begun, text, len);
    return tokens_push(out, 1, err);
}

static inline bool fake_generate(void *context, const struct tokens *prompt,
                                 const struct generate_options *options, generate_sink *sink,
                                 void *sink_context, struct generate_result *result,
                                 struct error *err)
{
    struct fake_model *m = context;
    (void)options;
    m->calls++;
    m->prompt_tokens = prompt->len;
    *result = (struct generate_result){.finish = FINISH_END, .prompt_tokens = prompt->len};
    if (m->fails) return error_set(err, ERROR_IO, "the model broke");
    const char *parts[] = {m->reasons ? m->reasons : "", m->says};
    for (size_t part = 0; part < 2; part++)
        for (size_t i = 0, n = strlen(parts[part]); i < n; i += 3) {
            result->generated_tokens++;
            if (!sink(sink_context, parts[part] + i, n - i < 3 ? n - i : 3, part == 0)) {
                result->finish = FINISH_CANCELLED;
                return true;
            }
        }
    return true;
}

static inline struct generator fake_generator(struct fake_model *m, size_t context_tokens)
{
    return (struct generator){m, context_tokens, fake_render, fake_generate, false, fake_begin, NULL};
}

static inline void fake_free(struct fake_model *m)
{
    buffer_free(&m->prompt);
    buffer_free(&m->system);
    buffer_free(&m->begun);
}

#endif
