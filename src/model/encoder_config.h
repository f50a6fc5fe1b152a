/* What a BERT encoder is: the shapes of config.json, and how the folder's sentence-transformers
 * files (modules.json, 1_Pooling/config.json, ...) or ColBERT's (artifact.metadata) make vectors of
 * its output. */
#ifndef MODEL_ENCODER_CONFIG_H
#define MODEL_ENCODER_CONFIG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum pooling { POOLING_MEAN, POOLING_CLS };

enum { ENCODER_MAX_PROMPT = 512, ENCODER_MAX_MARKER = 32, ENCODER_MAX_CONTEXT = 1 << 16 };

struct encoder_config {
    size_t hidden;       /* width of the residual stream */
    size_t intermediate; /* width of the feed-forward layer */
    size_t n_layers, n_heads;
    size_t head_dim; /* hidden / n_heads, a multiple of 16 */
    size_t vocab;    /* rows of the word embedding */
    size_t context;  /* rows of the position embedding */
    size_t segments; /* rows of the token type embedding; only the first is used */
    float norm_eps;

    /* One vector a text. */
    enum pooling pooling;
    bool normalize;                     /* to length 1 */
    size_t max_tokens;                  /* longer texts are cut; [CLS] and [SEP] count */
    char prompt[2][ENCODER_MAX_PROMPT]; /* put before passages and queries; "" for none */

    /* One vector a token (ColBERTv2, arXiv:2112.01488). */
    bool is_colbert;
    size_t query_tokens, passage_tokens; /* queries are filled up with [MASK] to just so many */
    bool mask_punctuation;               /* passages have no vectors of punctuation */
    bool attend_to_masks;                /* other tokens see a query's [MASK]s */
    char marker[2][ENCODER_MAX_MARKER]; /* tokens that stand behind [CLS] in passages and queries */
};

/* Reads DIR/config.json and what stands beside it. Where no file says how to pool: the mean,
 * normalized. ColBERT is known by the architecture "HF_ColBERT" or by artifact.metadata. Errors
 * name file and field; what we would get wrong silently is refused. */
bool encoder_config_read(struct encoder_config *c, const char *dir, struct error *err);

/* True when DIR/config.json is of an encoder. Errors are no. */
bool encoder_config_is_encoder(const char *dir);

#endif
