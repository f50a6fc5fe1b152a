#include "engine/chat_prompt.h"

#include <string.h>

/* Below this a model is too small to have been taught to think. */
static const size_t THINKING_PARAMETERS = 500000000;

enum thinking chat_prompt_thinking(const struct engine *e)
{
    struct engine_info info;
    engine_info(e, &info);
    return info.parameters >= THINKING_PARAMETERS ? THINKING_ON : THINKING_OFF;
}

bool chat_prompt_render(const struct engine *e, const char *system, const char *text, size_t len,
                        enum thinking thinking, struct tokens *out, struct error *err)
{
    struct chat_message messages[2];
    size_t n = 0;
    if (system) messages[n++] = (struct chat_message){ROLE_SYSTEM, system, strlen(system)};
    messages[n++] = (struct chat_message){ROLE_USER, text, len};
    return chat_render(engine_tokenizer(e), engine_chat_format(e), messages, n, thinking, out, err);
}
