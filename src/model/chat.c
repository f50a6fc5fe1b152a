#include "model/chat.h"

#include <string.h>

static const char BOS[] = "<｜begin▁of▁sentence｜>";
static const char EOS[] = "<｜end▁of▁sentence｜>";
static const char USER[] = "<｜User｜>";
static const char ASSISTANT[] = "<｜Assistant｜>";
static const char THINK_OPEN[] = "<think>";
static const char THINK_CLOSE[] = "</think>";
static const char EOT[] = "<|EOT|>";

/* What deepseek-coder-instruct's own template says when there is no system message. */
static const char CODER_SYSTEM[] =
    "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by "
    "Deepseek Company, and you only answer questions related to computer science. For politically "
    "sensitive questions, security and privacy issues, and other non-computer science questions, "
    "you will refuse to answer\n";

bool chat_format_detect(const struct tokenizer *t, enum chat_format *format, struct error *err)
{
    if (tokenizer_find(t, BOS) >= 0 && tokenizer_find(t, EOS) >= 0) {
        if (tokenizer_find(t, USER) >= 0 && tokenizer_find(t, ASSISTANT) >= 0) {
            *format = CHAT_R1;
            return true;
        }
        if (tokenizer_find(t, EOT) >= 0) {
            *format = CHAT_CODER;
            return true;
        }
    }
    return error_set(err, ERROR_UNSUPPORTED,
                     "tokenizer.json: no chat format that is known: neither %s and %s nor %s are "
                     "among its tokens",
                     USER, ASSISTANT, EOT);
}

/* A prompt in the making; the first failure is kept in *err and ends it. */
struct writer {
    const struct tokenizer *t;
    struct tokens *out;
    struct error *err;
    bool ok;
};

static void put_control(struct writer *w, const char *spelling)
{
    if (w->ok) w->ok = tokens_push(w->out, tokenizer_find(w->t, spelling), w->err);
}

static void put_text(struct writer *w, const char *text, size_t len)
{
    if (w->ok) w->ok = tokenizer_encode(w->t, text, len, TOKENIZE_TEXT, w->out, w->err);
}

/* The text behind the last "</think>" of an earlier answer. */
static struct chat_message without_thinking(const struct chat_message *m)
{
    struct chat_message rest = *m;
    const char *found;
    size_t n = sizeof THINK_CLOSE - 1;
    while ((found = memmem(rest.text, rest.len, THINK_CLOSE, n)) != NULL) {
        rest.len -= (size_t)(found - rest.text) + n;
        rest.text = found + n;
    }
    return rest;
}

static const struct chat_message *system_message(const struct chat_message *messages, size_t n)
{
    const struct chat_message *last = NULL; /* the template keeps the last one */
    for (size_t i = 0; i < n; i++)
        if (messages[i].role == ROLE_SYSTEM) last = &messages[i];
    return last;
}

static void render_r1(struct writer *w, const struct chat_message *messages, size_t n,
                      enum thinking thinking)
{
    const struct chat_message *system = system_message(messages, n);
    put_control(w, BOS);
    if (system) put_text(w, system->text, system->len);
    for (size_t i = 0; i < n; i++) {
        if (messages[i].role == ROLE_USER) {
            put_control(w, USER);
            put_text(w, messages[i].text, messages[i].len);
        } else if (messages[i].role == ROLE_ASSISTANT) {
            struct chat_message answer = without_thinking(&messages[i]);
            put_control(w, ASSISTANT);
            put_text(w, answer.text, answer.len);
            put_control(w, EOS);
        }
    }
    put_control(w, ASSISTANT);
    if (tokenizer_find(w->t, THINK_OPEN) < 0 || tokenizer_find(w->t, THINK_CLOSE) < 0) return;
    put_control(w, THINK_OPEN);
    if (thinking == THINKING_ON) {
        put_text(w, "\n", 1);
    } else {
        put_text(w, "\n\n", 2);
        put_control(w, THINK_CLOSE);
        put_text(w, "\n\n", 2);
    }
}

/* One run of ordinary text, gathered so that tokens may span the parts as in the template's own
 * rendering. */
static void flush(struct writer *w, struct buffer *text)
{
    if (text->failed) w->ok = w->ok && error_memory(w->err, "prompt");
    if (text->len) put_text(w, text->data, text->len);
    buffer_clear(text);
}

static void render_coder(struct writer *w, const struct chat_message *messages, size_t n)
{
    struct buffer text = {0};
    put_control(w, BOS);
    if (!system_message(messages, n)) buffer_puts(&text, CODER_SYSTEM);
    for (size_t i = 0; i < n; i++) {
        if (messages[i].role == ROLE_USER) buffer_puts(&text, "### Instruction:\n");
        if (messages[i].role == ROLE_ASSISTANT) buffer_puts(&text, "### Response:\n");
        buffer_append(&text, messages[i].text, messages[i].len);
        if (messages[i].role != ROLE_SYSTEM) buffer_putc(&text, '\n');
        if (messages[i].role == ROLE_ASSISTANT) {
            flush(w, &text);
            put_control(w, EOT);
            buffer_putc(&text, '\n');
        }
    }
    buffer_puts(&text, "### Response:\n");
    flush(w, &text);
    buffer_free(&text);
}

bool chat_render(const struct tokenizer *t, enum chat_format format,
                 const struct chat_message *messages, size_t n, enum thinking thinking,
                 struct tokens *out, struct error *err)
{
    struct writer w = {t, out, err, true};
    if (format == CHAT_R1)
        render_r1(&w, messages, n, thinking);
    else
        render_coder(&w, messages, n);
    return w.ok;
}

bool chat_is_end(const struct tokenizer *t, enum chat_format format, int32_t id)
{
    if (id < 0) return false;
    if (id == tokenizer_find(t, EOS)) return true;
    return format == CHAT_CODER && id == tokenizer_find(t, EOT);
}

int32_t chat_think_open(const struct tokenizer *t)
{
    return tokenizer_find(t, THINK_OPEN);
}

int32_t chat_think_close(const struct tokenizer *t)
{
    return tokenizer_find(t, THINK_CLOSE);
}
