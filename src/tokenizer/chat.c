#include "tokenizer/chat.h"

#include <string.h>

#define BOS       "<｜begin▁of▁sentence｜>"
#define EOS       "<｜end▁of▁sentence｜>"
#define USER      "<｜User｜>"
#define ASSISTANT "<｜Assistant｜>"
#define EOT       "<|EOT|>"

static const char think_open[] = "<think>", think_close[] = "</think>";

static const char coder_system[] =
    "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by "
    "Deepseek "
    "Company, and you only answer questions related to computer science. For politically sensitive "
    "questions, security and privacy issues, and other non-computer science questions, you will "
    "refuse to answer\n";

static int32_t find_control(const struct tokenizer *t, const char *spelling)
{
    int32_t id = tokenizer_find(t, spelling);
    return tokenizer_is_control(t, id) ? id : -1;
}

bool chat_format_detect(const struct tokenizer *t, enum chat_format *format, struct error *err)
{
    bool sentence = find_control(t, BOS) >= 0 && find_control(t, EOS) >= 0;
    if (sentence && find_control(t, USER) >= 0 && find_control(t, ASSISTANT) >= 0)
        *format = CHAT_R1;
    else if (sentence && find_control(t, EOT) >= 0)
        *format = CHAT_CODER;
    else
        return error_set(err, ERROR_UNSUPPORTED,
                         "the tokenizer has the control tokens of no chat format we know: neither "
                         "R1's (" USER ", " ASSISTANT ") nor deepseek-coder's (" EOT ")");
    return true;
}

/* Text waits until a control token or the end: what stands between two control tokens is tokenized
 * as one piece, as it would be in the rendered string. */
struct rendering {
    const struct tokenizer *t;
    struct buffer text;
    struct tokens *out;
    struct error *err;
};

static bool flush(struct rendering *r)
{
    if (r->text.failed) return error_memory(r->err, "a prompt");
    bool ok =
        tokenizer_encode(r->t, buffer_text(&r->text), r->text.len, TOKENIZE_TEXT, r->out, r->err);
    buffer_clear(&r->text);
    return ok;
}

static bool put_control(struct rendering *r, const char *spelling)
{
    int32_t id = find_control(r->t, spelling);
    if (id < 0)
        return error_set(r->err, ERROR_UNSUPPORTED, "the tokenizer has no control token %s",
                         spelling);
    return flush(r) && tokens_push(r->out, id, r->err);
}

/* <think> is a token of its own in all R1 models that we know, and text in one that has it not. */
static bool put_think(struct rendering *r, const char *spelling)
{
    if (find_control(r->t, spelling) >= 0) return put_control(r, spelling);
    buffer_puts(&r->text, spelling);
    return true;
}

/* What is behind the last </think>, or all. */
static void put_without_thinking(struct rendering *r, const struct chat_message *m)
{
    size_t mark = sizeof think_close - 1;
    const char *text = m->text, *end = m->text + m->len, *found;
    while ((found = memmem(text, (size_t)(end - text), think_close, mark))) text = found + mark;
    buffer_append(&r->text, text, (size_t)(end - text));
}

static bool render_r1(struct rendering *r, const struct chat_message *messages, size_t n,
                      enum thinking thinking)
{
    const struct chat_message *system = NULL;
    for (size_t i = 0; i < n; i++)
        if (messages[i].role == ROLE_SYSTEM) system = &messages[i];
    if (!put_control(r, BOS)) return false;
    if (system) buffer_append(&r->text, system->text, system->len);
    for (size_t i = 0; i < n; i++) {
        const struct chat_message *m = &messages[i];
        if (m->role == ROLE_USER) {
            if (!put_control(r, USER)) return false;
            buffer_append(&r->text, m->text, m->len);
        } else if (m->role == ROLE_ASSISTANT) {
            if (!put_control(r, ASSISTANT)) return false;
            put_without_thinking(r, m);
            if (!put_control(r, EOS)) return false;
        }
    }
    if (!put_control(r, ASSISTANT) || !put_think(r, think_open)) return false;
    buffer_puts(&r->text, thinking == THINKING_OFF ? "\n\n" : "\n");
    if (thinking == THINKING_OFF) {
        if (!put_think(r, think_close)) return false;
        buffer_puts(&r->text, "\n\n");
    }
    return flush(r);
}

static bool render_coder(struct rendering *r, const struct chat_message *messages, size_t n)
{
    bool system = false;
    for (size_t i = 0; i < n; i++)
        if (messages[i].role == ROLE_SYSTEM) system = true;
    if (!put_control(r, BOS)) return false;
    if (!system) buffer_puts(&r->text, coder_system);
    for (size_t i = 0; i < n; i++) {
        const struct chat_message *m = &messages[i];
        if (m->role == ROLE_USER) buffer_puts(&r->text, "### Instruction:\n");
        if (m->role == ROLE_ASSISTANT) buffer_puts(&r->text, "### Response:\n");
        buffer_append(&r->text, m->text, m->len);
        if (m->role != ROLE_SYSTEM) buffer_putc(&r->text, '\n');
        if (m->role == ROLE_ASSISTANT) {
            if (!put_control(r, EOT)) return false;
            buffer_putc(&r->text, '\n');
        }
    }
    buffer_puts(&r->text, "### Response:\n");
    return flush(r);
}

bool chat_render(const struct tokenizer *t, enum chat_format format,
                 const struct chat_message *messages, size_t n, enum thinking thinking,
                 struct tokens *out, struct error *err)
{
    struct rendering r = {.t = t, .out = out, .err = err};
    size_t before = out->len;
    bool ok =
        format == CHAT_R1 ? render_r1(&r, messages, n, thinking) : render_coder(&r, messages, n);
    if (!ok) out->len = before;
    buffer_free(&r.text);
    return ok;
}

bool chat_is_end(const struct tokenizer *t, enum chat_format format, int32_t id)
{
    /* The last two are Llama's own. */
    static const char *const ends[] = {EOS, EOT, "<|end_of_text|>", "<|eot_id|>"};
    size_t len;
    if (!tokenizer_is_control(t, id)) return false;
    const char *bytes = tokenizer_token_bytes(t, id, &len);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (len == strlen(ends[i]) && memcmp(bytes, ends[i], len) == 0) return true;
    return format == CHAT_R1 && len == strlen(USER) && memcmp(bytes, USER, len) == 0;
}

int32_t chat_think_open(const struct tokenizer *t)
{
    return find_control(t, think_open);
}

int32_t chat_think_close(const struct tokenizer *t)
{
    return find_control(t, think_close);
}
