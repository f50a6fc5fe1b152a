/* Chat formats: a conversation rendered to the token ids that the model was trained on. The format
 * is chosen from the control tokens that the tokenizer has, not from the model's name; their ids
 * are looked up by spelling, so that the Qwen and the Llama distill share one format. */
#ifndef TOKENIZER_CHAT_H
#define TOKENIZER_CHAT_H

#include "tokenizer/tokenizer.h"

enum chat_format {
    CHAT_R1, /* R1-Distill (Qwen and Llama), R1-0528: <｜User｜>...<｜Assistant｜><think>\n */
    CHAT_CODER, /* deepseek-coder-instruct: ### Instruction: / ### Response: */
};

enum chat_role { ROLE_SYSTEM, ROLE_USER, ROLE_ASSISTANT };

struct chat_message {
    enum chat_role role;
    const char *text; /* UTF-8; never becomes control tokens */
    size_t len;
};

enum thinking { THINKING_ON, THINKING_OFF };

/* The format that this tokenizer's control tokens belong to; an error when it has none we know. */
bool chat_format_detect(const struct tokenizer *t, enum chat_format *format, struct error *err);

/* Appends the prompt, bos first, ending where the assistant speaks; on failure *out holds what it
 * held before. As the models' own templates have it:
 * - R1: the text of the last system message (wherever it is) stands straight after bos; earlier
 *   assistant messages lose all up to their last </think>. THINKING_OFF opens the think block and
 *   closes it empty ("<think>\n\n</think>\n\n"); THINKING_ON opens it ("<think>\n").
 * - Coder: system messages stand where they are, with no newline behind them; without one, the
 *   default of the template is used. It does not think: `thinking` is ignored. */
bool chat_render(const struct tokenizer *t, enum chat_format format,
                 const struct chat_message *messages, size_t n, enum thinking thinking,
                 struct tokens *out, struct error *err);

/* True for a control token that ends the assistant's turn in this format (eos, <|EOT|>, or the
 * beginning of the user's turn). */
bool chat_is_end(const struct tokenizer *t, enum chat_format format, int32_t id);

/* Ids of <think> and </think>; -1 where the tokenizer has none. */
int32_t chat_think_open(const struct tokenizer *t);
int32_t chat_think_close(const struct tokenizer *t);

#endif
