/* Chat formats: a conversation rendered to the token ids that the model was trained on. The format
 * is chosen from the control tokens that the tokenizer has, not from the model's name. */
#ifndef MODEL_CHAT_H
#define MODEL_CHAT_H

#include "model/tokenizer.h"

enum chat_format {
    CHAT_R1,    /* R1-Distill (Qwen and Llama), R1-0528: <｜User｜>...<｜Assistant｜><think>\n */
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

/* Appends the prompt, bos first, ending where the assistant speaks. THINKING_OFF opens the think
 * block and closes it empty ("<think>\n\n</think>\n\n"); THINKING_ON opens it ("<think>\n"). The
 * coder format does not think and ignores it; without a system message it uses the default one of
 * deepseek-coder's own template. Earlier assistant messages lose their think block, as the
 * template has it. */
bool chat_render(const struct tokenizer *t, enum chat_format format,
                 const struct chat_message *messages, size_t n, enum thinking thinking,
                 struct tokens *out, struct error *err);

/* True for a token that ends the assistant's turn in this format (eos, <|EOT|>, ...). */
bool chat_is_end(const struct tokenizer *t, enum chat_format format, int32_t id);

/* Ids of <think> and </think>; -1 where the tokenizer has none. */
int32_t chat_think_open(const struct tokenizer *t);
int32_t chat_think_close(const struct tokenizer *t);

#endif
