#include "backend/encoder_backend.h"

bool encoder_batch_check(const struct encoder_config *c, const struct encoder_backend_options *o,
                         const struct encoder_sequence *texts, size_t n, size_t *n_tokens,
                         struct error *err)
{
    *n_tokens = 0;
    if (n > o->max_texts)
        return error_set(err, ERROR_USAGE, "a batch of more than %zu texts", o->max_texts);
    for (size_t i = 0; i < n; i++) {
        const struct encoder_sequence *s = &texts[i];
        if (s->n_tokens == 0 || s->n_tokens > c->context || s->n_keys == 0 ||
            s->n_keys > s->n_tokens || s->n_tokens > o->max_tokens - *n_tokens)
            return error_set(err, ERROR_USAGE, "a text of %zu tokens in a batch of at most %zu",
                             s->n_tokens, o->max_tokens);
        for (size_t t = 0; t < s->n_tokens; t++)
            if (s->tokens[t] < 0 || (size_t)s->tokens[t] >= c->vocab)
                return error_set(err, ERROR_INPUT, "token %d: the model has ids 0..%zu",
                                 s->tokens[t], c->vocab - 1);
        *n_tokens += s->n_tokens;
    }
    return true;
}
