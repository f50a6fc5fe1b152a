/* Question, answer and a passage from anywhere: the names and statements in them are looked for. */
#include "answer/focus.h"
#include "answer/ground.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next part of the input, up to a byte 0x1f. */
static char *part(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, 0x1f, *size) : NULL;
    size_t n = end ? (size_t)(end - *data) : *size;
    char *text = malloc(n + 1);
    if (!text) abort();
    if (n) memcpy(text, *data, n);
    text[n] = '\0';
    size_t used = end ? n + 1 : n;
    *data += used;
    *size -= used;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *question = part(&data, &size), *answer = part(&data, &size), *title = part(&data, &size),
         *text = part(&data, &size), *other = part(&data, &size);
    const struct passage passages[] = {{title, text}, {other, answer}, {text, title}};
    struct arena arena = {0};
    struct focus focus;
    struct error err = {0};
    if (!focus_passages(&focus, question, passages, 3, &arena, &err)) abort();
    for (size_t i = 0; i < focus.n; i++)
        for (size_t k = 0; k < focus.groups[i].n; k++)
            if (focus.groups[i].passages[k] >= 3) abort();
    bool exact, any;
    const char *name = focus.n ? focus.groups[0].name : "";
    ground_answer(answer, question, name, passages, 3, &exact, &arena);
    struct passage lines;
    if (!ground_narrow(&lines, &any, &passages[0], question, name, &arena)) abort();
    ground_quote(question, name, &passages[0], 1, &arena);
    if (!ground_refusal(answer, name, &arena)) abort();
    arena_free(&arena);
    free(question);
    free(answer);
    free(title);
    free(text);
    free(other);
    return 0;
}
