/* A user's text alone, without documents, as a prompt in the model's chat format. */
#ifndef ENGINE_CHAT_PROMPT_H
#define ENGINE_CHAT_PROMPT_H

#include "engine/engine.h"

/* Whether the model reasons first when nobody said: small models were not taught to. */
enum thinking chat_prompt_thinking(const struct engine *e);

/* Appends the rendered text to *out; system NULL: no system message. */
bool chat_prompt_render(const struct engine *e, const char *system, const char *text, size_t len,
                        enum thinking thinking, struct tokens *out, struct error *err);

#endif
