/* autospec: answers from your own documents, with a language model that runs in this process. Questions
 * about facts are read as queries and answered by the program, each figure from its cell; the model
 * reads what is prose, and continues texts.
 *
 *   #include <autospec.h>
 *   #include <stdio.h>
 *
 *   int main(void)
 *   {
 *       struct autospec_options options;
 *       autospec_options_init(&options, sizeof options);
 *       struct autospec_error error;
 *       struct autospec *llm = autospec_open(&options, &error);
 *       if (!llm) return fprintf(stderr, "%s\n", error.text), 1;
 *       struct autospec_document document = {
 *           .title = "2023 Toyota Camry LE", .content = "Horsepower (hp): 203"};
 *       struct autospec_answer *answer = autospec_answer_query(
 *           llm, "What is the horsepower of the 2023 Toyota Camry?", &document, 1, NULL, &error);
 *       if (answer) puts(answer->text);
 *       autospec_answer_free(answer);
 *       autospec_close(llm);
 *   }
 *
 * Compile and link with `pkg-config --cflags --libs autospec`.
 *
 * Errors. A function that can fail returns NULL and fills the caller's struct autospec_error, which
 * may be NULL. There is no global state, no errno, nothing is printed, and no function exits.
 *
 * Threads. Any function may be called from any thread. One handle may be used by several threads at
 * once: its calls wait for each other, so each runs alone. Several handles work side by side, each
 * with its own weights and threads. Only autospec_close must be the last call with its handle.
 * Callbacks run on the thread that made the call (reports of progress: on any, one at a time) and
 * must not use the handle, but for autospec_cancel. A process that forks does not use a handle from
 * before in the child.
 *
 * Memory. What a function returns belongs to the caller and is freed by the _free function of its
 * type, its strings and arrays with it; it stays valid after autospec_close. Where "borrowed" is
 * said, it belongs to the handle. What you pass in is only read during the call. Strings are UTF-8
 * with a NUL behind them; output strings are "" where there is nothing, never NULL, unless said.
 *
 * Growth. Structs that you fill begin with their size, so that later versions can add members at
 * the end; structs that you get are made by the library and only grow at their end, too. struct
 * autospec_document and autospec_field stay as they are. */
#ifndef AUTOSPEC_H
#define AUTOSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTOSPEC_API __attribute__((visibility("default")))

/* "0.1.0", of the library that is loaded. */
AUTOSPEC_API const char *autospec_version(void);

/* ---- errors ---- */

enum autospec_code {
    AUTOSPEC_OK = 0,
    AUTOSPEC_USAGE,       /* an argument or option that makes no sense */
    AUTOSPEC_INPUT,       /* a file or text is not what it claims to be */
    AUTOSPEC_IO,          /* the operating system or the network refused */
    AUTOSPEC_MEMORY,      /* an allocation failed, or a model would not fit */
    AUTOSPEC_UNSUPPORTED, /* valid, but not something this build can do */
    AUTOSPEC_CANCELLED,   /* stopped on request */
    AUTOSPEC_NOT_FOUND,   /* a named thing does not exist */
    AUTOSPEC_BUSY         /* no room for more work now; it may be tried again later */
};

struct autospec_error {
    int code;       /* enum autospec_code; later versions may add some */
    char text[512]; /* one line: file, field, offset or option, and what is wrong with it */
};

/* ---- opening ---- */

enum autospec_level { AUTOSPEC_WARNING = 1, AUTOSPEC_NOTE, AUTOSPEC_DEBUG };

enum autospec_thinking {
    AUTOSPEC_THINKING_AUTO, /* as the program: not for answers, nor for small models */
    AUTOSPEC_THINKING_ON,   /* the model reasons before it answers */
    AUTOSPEC_THINKING_OFF
};

struct autospec_options {
    size_t size; /* of this struct; set by autospec_options_init */

    /* A folder in the Hugging Face layout, a .gguf file, a name in a models folder of the
     * installation, or ORG/NAME[@REVISION] of the Hugging Face Hub, which is downloaded if need be.
     * NULL: "nano", the model that comes with the library. */
    const char *model_name;
    const char *device; /* "auto" (also NULL), "cpu", "cuda", "cuda:N" */
    bool strict_device; /* fail when the device is not there, instead of a warning and the CPU */
    bool use_4bit;      /* true: keep the weights in 4 bits; wins over use_8bit */
    bool use_8bit;      /* false: keep them in 8 bits; neither: bf16 */
    double temperature; /* 0.1: how freely tokens are picked, 0 to 2; 0: the likeliest */
    double repetition_penalty; /* 1: above it, tokens that were there become less likely */
    uint64_t seed;             /* 0: of the random picks; the same one gives the same answer */
    size_t max_tokens;         /* 512: the longest answer, reasoning included */
    int thinking;              /* enum autospec_thinking */
    size_t context;            /* tokens of prompt and answer; 0: the model's, at most 4096 */
    size_t threads;            /* to compute with; 0: the cores there are */

    const char *packed_cache; /* folder that keeps packed weights; NULL: ~/.cache/autospec/packed */
    const char *hub_cache;    /* folder that holds models--ORG--NAME; NULL: as HF_HOME and the other
                                 variables of Python's Hugging Face tools say */
    bool offline;             /* ask no server anything (also when HF_HUB_OFFLINE says so) */

    void (*log)(void *context, int level, const char *line); /* warnings and notes; NULL: dropped */
    /* While weights are downloaded or packed: `total` is 0 where it is not known. Return false to
     * stop a download. NULL: not told. */
    bool (*progress)(void *context, const char *what, const char *unit, size_t done, size_t total);
    void *callback_context; /* handed to both */

    unsigned kv_bits;    /* 16: of a number in the KV cache; 8 takes half the memory */
    size_t memory_limit; /* bytes that all of it may take: 0: what the machine has available;
                            SIZE_MAX: not checked. A model that needs more is refused before it is
                            loaded, AUTOSPEC_MEMORY, with what would fit */
};

/* Fills the struct with the defaults; size is sizeof of it. Environment and .env are not read for
 * these (but see hub_cache). */
AUTOSPEC_API void autospec_options_init(struct autospec_options *options, size_t size);

struct autospec; /* an open model */

/* options NULL: the defaults. May take long the first time, while the model is downloaded and its
 * weights are packed. NULL on failure. */
AUTOSPEC_API struct autospec *autospec_open(const struct autospec_options *options,
                                            struct autospec_error *error);
AUTOSPEC_API void autospec_close(struct autospec *llm); /* NULL is fine */

/* ---- one call ---- */

/* Takes the model's text as it comes, not what the program writes: `len` bytes of whole UTF-8
 * characters, with a NUL behind them. `reasoning` is true of what the model thinks before it answers. Return false to stop: the
 * call then gives what came until here, with finish AUTOSPEC_FINISH_CANCELLED. */
typedef bool autospec_on_text(void *context, const char *text, size_t len, bool reasoning);

struct autospec_call {
    size_t size; /* of this struct; set by autospec_call_init */
    autospec_on_text *on_text;
    void *context;      /* handed to on_text */
    size_t max_tokens;  /* 0: as it was opened */
    size_t passages;    /* to read at most, where prose has to be read; 0: as the search sees fit */
    const char *system; /* autospec_generate: a system message; NULL: none */
};
AUTOSPEC_API void autospec_call_init(struct autospec_call *call, size_t size);

/* Stops the calls that run or wait on this handle at this moment; each returns what it has, as if
 * its callback had said so, one that has not begun fails with AUTOSPEC_CANCELLED. */
AUTOSPEC_API void autospec_cancel(struct autospec *llm);

enum autospec_finish {
    AUTOSPEC_FINISH_END,       /* the model ended its turn, or the program answered by itself */
    AUTOSPEC_FINISH_STOP,      /* a stop text */
    AUTOSPEC_FINISH_LENGTH,    /* max_tokens */
    AUTOSPEC_FINISH_CONTEXT,   /* the context is full */
    AUTOSPEC_FINISH_CANCELLED, /* on request */
    AUTOSPEC_FINISH_DEADLINE
};

/* ---- answers from documents ---- */

/* What is known of a document beside its text. Names as in a table's columns ("manufacturer",
 * "model", "year", "trim", ...) say which vehicle it is about; "title", and "id" or "source", stand
 * in for the members below. Others are left alone. */
struct autospec_field {
    const char *name, *value;
};

/* Unused members are NULL or 0. */
struct autospec_document {
    const char *id;    /* cited as this; NULL: "document 1" ... */
    const char *title; /* "2023 Toyota Camry LE"; NULL: what text or metadata tell */
    const char
        *content;  /* text, Markdown, HTML, CSV, JSON; read into facts and passages as autospec ingest does */
    size_t length; /* bytes of content; 0: up to its NUL */
    const struct autospec_field *metadata;
    size_t n_metadata;
};

struct autospec_citation {
    size_t n;             /* the [n] of the answer's text */
    bool valid;           /* false: a model cited what is not there; the rest is then empty */
    size_t document;      /* index in the documents that were passed in */
    const char *id;       /* of the document */
    const char *title;    /* the vehicle, or the passage's heading */
    const char *location; /* in the document: "line 1", "row 12" */
    const char *quote;    /* the cell behind its column's name, "Horsepower (hp): 203", or the sentence */
    const char *passage;  /* the whole record, a value a line, or the passage */
};

/* A figure that the program wrote: it was read from the cell of a citation, or computed. */
struct autospec_number {
    const char *text; /* as the answer writes it: "3,310" */
    size_t offset;    /* bytes into the answer's text */
    const char *unit; /* "lb"; "" where none is known */
    double value;
    bool supported;    /* true: what could not be bound to a cell is not written */
    size_t passage;    /* the n of its citation; 0: computed from several cells, or a count */
    bool in_title;     /* false: figures of vehicles' names are not listed */
    const char *quote; /* of that citation; "" where it is computed */
};

struct autospec_answer {
    const char *text;
    const char *reasoning;
    bool refused;           /* it says that the documents do not hold it, or what was not understood */
    bool generated;         /* a model wrote the text; false: the program did */
    const char *conclusion; /* "": what is computed stands in the text */
    const struct autospec_citation *const *citations; /* (n_citations), by first mention */
    size_t n_citations;
    const struct autospec_number *const *numbers; /* (n_numbers), in the order of the text */
    size_t n_numbers;
    size_t n_unsupported;     /* of a model's text: figures that no cited passage has; 0 else */
    const char *const *notes; /* (n_notes) what the reader should know: "3 rows give no value." */
    size_t n_notes;
    size_t n_passages; /* records that are cited, or passages that were read */
    int finish;        /* enum autospec_finish */
    size_t prompt_tokens, cached_tokens, generated_tokens;
    double prefill_seconds, decode_seconds, total_seconds;
    const char *json; /* all of it as `autospec ask --json` prints it; beside the members above:
        status      "found"; "several": rows differ, each is given; "not_found": vehicle, year or
                    attribute is not in the documents; "contradiction": sources differ, both are shown;
                    "not_understood": words were left that nothing explains; "open": from prose
        understood  the query in one readable line
        parsed      the query as data: operation, vehicles, attributes, conditions, unit, order, group,
                    carried, unresolved, assumed ...
        rows        one object a value: vehicle, make, model, trim, year, attribute, attribute_id, value,
                    value_high, unit, text, converted_from, citation, and its cell: document, location,
                    line, column, begin, end
        table       several rows in Markdown; null where there are none
        table_data  the same as cells: {columns: [{name, number}], rows: [[{text, value}]], left_out}
        citations   also have column, line, begin, end (bytes of the document) and passage (which of
                    `documents`, from 1)
        documents   the records or passages behind the citations
       openapi.json, as the server gives it out, describes each member (schema Answer). */
};

/* Answers the query from the documents, as `autospec ask` does from its store: they are read into
 * facts, the query is executed over them and the answer written from the rows, each figure with its
 * cell. Where no fact answers, passages are searched, and quoted or read by the model. Documents of
 * white space are passed over; with none that fits the answer is a refusal. `call` may be NULL. */
AUTOSPEC_API struct autospec_answer *
autospec_answer_query(struct autospec *llm, const char *query,
                      const struct autospec_document *documents, size_t n_documents,
                      const struct autospec_call *call, struct autospec_error *error);
AUTOSPEC_API void autospec_answer_free(struct autospec_answer *answer); /* NULL is fine */

/* ---- text from the model alone ---- */

struct autospec_text {
    const char *text;
    const char *reasoning;
    int finish; /* enum autospec_finish */
    size_t prompt_tokens, cached_tokens, generated_tokens;
    double prefill_seconds, decode_seconds;
};

/* The prompt in the model's chat format, continued by the model. */
AUTOSPEC_API struct autospec_text *autospec_generate(struct autospec *llm, const char *prompt,
                                                     const struct autospec_call *call,
                                                     struct autospec_error *error);
AUTOSPEC_API void autospec_text_free(struct autospec_text *text); /* NULL is fine */

/* ---- the model ---- */

struct autospec_info {
    const char *model;        /* the last part of its folder's name */
    const char *folder;       /* or file that it was opened from */
    const char *architecture; /* "qwen2" ... */
    const char *quantization; /* "4-bit", "8-bit", "none" */
    const char *device;       /* what computes: "CPU, AVX-512, 8 threads" */
    const char *device_note;  /* why it is not the one asked for; "" when it is */
    size_t parameters, layers, hidden, vocabulary;
    size_t context; /* tokens of prompt and answer */
    size_t weight_bytes, kv_bytes, activation_bytes;
    size_t bytes_per_token; /* of weights that one generated token reads */
    double load_seconds;
    const char *json; /* all of it */
};

/* Borrowed: valid until autospec_close. Never NULL, and never waits. */
AUTOSPEC_API const struct autospec_info *autospec_info(const struct autospec *llm);

#ifdef __cplusplus
}
#endif

#endif
