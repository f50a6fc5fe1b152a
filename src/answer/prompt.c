#include "answer/prompt.h"

#include <stdlib.h>
#include <string.h>

const char PROMPT_SYSTEM[] =
    "Answer from the numbered passages only, in one or two sentences, with each value's unit, and "
    "cite the passage as [n]. If the passages do not hold the answer, say so.";

void prompt_write_user(const struct passage *passages, size_t n, const char *question,
                       struct buffer *out)
{
    buffer_puts(out, "Passages:\n\n");
    for (size_t i = 0; i < n; i++)
        buffer_printf(out, "[%zu] %s\n%s\n\n", i + 1, passages[i].title, passages[i].text);
    buffer_printf(out, "Question: %s", question);
}

/* Renders into p->tokens, whose earlier contents go. */
static bool render(struct prompt *p, const struct generator *g, const struct passage *passages,
                   size_t n, const char *question, enum thinking thinking, struct error *err)
{
    struct buffer user = {0};
    prompt_write_user(passages, n, question, &user);
    bool ok = !user.failed || error_memory(err, "the prompt");
    struct chat_message messages[2] = {
        {ROLE_SYSTEM, PROMPT_SYSTEM, strlen(PROMPT_SYSTEM)},
        {ROLE_USER, buffer_text(&user), user.len},
    };
    p->tokens.len = 0;
    ok = ok && g->render(g->context, messages, 2, thinking, &p->tokens, err);
    buffer_free(&user);
    return ok;
}

/* The longest beginning of the passage, in whole lines, that fits: by halves over the lines. */
static bool cut_passage(struct prompt *p, const struct generator *g, const struct passage *whole,
                        const char *question, enum thinking thinking, size_t room,
                        struct error *err)
{
    size_t n_lines = 1, low = 0; /* low lines fit, high do not */
    for (const char *c = whole->text; *c; c++) n_lines += *c == '\n';
    size_t high = n_lines;
    char *text = strdup(whole->text);
    if (!text) return error_memory(err, "the prompt");
    bool ok = true;
    while (ok) {
        size_t try = high - low > 1 ? low + (high - low) / 2 : low;
        const char *end = whole->text;
        for (size_t i = 0; i < try; i++) {
            end = strchr(end, '\n');
            if (!end) break;
            end++;
        }
        size_t len = try == 0 ? 0 : end ? (size_t)(end - whole->text) - 1 : strlen(whole->text);
        memcpy(text, whole->text, len);
        text[len] = '\0';
        struct passage shorter = {whole->title, text};
        /* Not one line fits: then the passage is of no use. */
        ok = render(p, g, &shorter, try ? 1 : 0, question, thinking, err);
        if (!ok) break;
        if (high - low <= 1) {
            p->n_passages = try ? 1 : 0;
            p->cut = true;
            break;
        }
        if (p->tokens.len <= room)
            low = try;
        else
            high = try;
    }
    free(text);
    return ok;
}

bool prompt_build(struct prompt *p, const struct generator *g, const struct passage *passages,
                  size_t n, const char *question, enum thinking thinking, size_t room,
                  struct error *err)
{
    *p = (struct prompt){0};
    if (!render(p, g, passages, 0, question, thinking, err)) goto fail;
    if (p->tokens.len > room) {
        error_set(err, ERROR_USAGE,
                  "the question takes %zu tokens, but the model's context leaves room for %zu",
                  p->tokens.len, room);
        goto fail;
    }
    for (p->n_passages = n; p->n_passages > 0; p->n_passages--) {
        if (!render(p, g, passages, p->n_passages, question, thinking, err)) goto fail;
        if (p->tokens.len <= room) return true;
        if (p->n_passages > 1) continue;
        if (!cut_passage(p, g, passages, question, thinking, room, err)) goto fail;
        return true;
    }
    return true;
fail:
    prompt_free(p);
    return false;
}

void prompt_free(struct prompt *p)
{
    tokens_free(&p->tokens);
    *p = (struct prompt){0};
}
