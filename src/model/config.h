/* What a decoder model is: the shapes and switches of config.json. One struct describes every
 * architecture we run (Qwen2, Llama, Qwen3); there is no class per architecture. */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum architecture { ARCH_QWEN2, ARCH_LLAMA, ARCH_QWEN3 };

/* How rotary positions are stretched past the trained context.
 * linear: positions divided by factor. llama3: long wavelengths divided by factor, short ones kept,
 * a ramp between (transformers, modeling_rope_utils.py). yarn: Peng et al. 2023,
 * arXiv:2309.00071. factors: each frequency divided by one of its own, as GGUF files have it
 * (there llama3 is worked out beforehand). */
enum rope_kind { ROPE_DEFAULT, ROPE_LINEAR, ROPE_LLAMA3, ROPE_YARN, ROPE_FACTORS };

/* The limits keep every product of shapes below 2^48, far from overflow, and are well above any
 * model there is. */
enum {
    CONFIG_MAX_HIDDEN = 1 << 16,
    CONFIG_MAX_INTERMEDIATE = 1 << 20,
    CONFIG_MAX_LAYERS = 1024,
    CONFIG_MAX_HEADS = 1024,
    CONFIG_MAX_HEAD_DIM = 256,
    CONFIG_MAX_VOCAB = 1 << 22,
    CONFIG_MAX_CONTEXT = 1 << 24,
};

struct rope_config {
    enum rope_kind kind;
    double theta;
    double factor;                            /* all but default; at least 1 */
    double low_freq_factor, high_freq_factor; /* llama3 */
    size_t original_context;                  /* llama3, yarn */
    double beta_fast, beta_slow;              /* yarn: rotations where the ramp ends and begins */
    double attention_factor;                  /* yarn: multiplies cos and sin; read or worked out */
    bool no_truncate;                         /* yarn: the ramp's ends are not rounded outward */
    float factors[CONFIG_MAX_HEAD_DIM / 2];   /* factors: (head_dim / 2) */
};

struct model_config {
    enum architecture arch;
    size_t hidden;       /* width of the residual stream */
    size_t intermediate; /* width of the feed-forward layer */
    size_t n_layers;
    size_t n_heads;    /* query heads */
    size_t n_kv_heads; /* key and value heads; n_heads is a multiple of it */
    size_t head_dim;
    size_t vocab;   /* rows of the embedding: may be more than the tokenizer has ids */
    size_t context; /* max_position_embeddings */
    float norm_eps;
    bool tied_head; /* lm_head is the embedding table */
    bool qkv_bias;  /* Qwen2; Llama when attention_bias says so */
    bool o_bias;    /* Llama's attention_bias covers o_proj too */
    bool qk_norm;   /* Qwen3: RMSNorm over each head of q and k before RoPE */
    /* Our own field "autospec_one_vehicle": the model was trained to be asked about one vehicle at a
     * time, with the passages about it (answer/passages_read.h). */
    bool one_vehicle;
    struct rope_config rope;
    int32_t bos, eos[8]; /* -1 where there is none */
    size_t n_eos;
};

/* Reads DIR/config.json (and the eos list of DIR/generation_config.json where that exists), or the
 * metadata of a .gguf file. Errors name file and field. Limits are checked so that no later product
 * of shapes overflows. */
bool model_config_read(struct model_config *c, const char *path, struct error *err);

/* "qwen2", "llama", "qwen3". */
const char *architecture_name(enum architecture arch);

/* Number of parameters, embeddings included (a tied head counts once). */
size_t model_config_parameters(const struct model_config *c);

/* Fills inv_freq[head_dim / 2] (radians a position) and *scale, by which cos and sin are
 * multiplied. */
void rope_frequencies(const struct model_config *c, float *inv_freq, float *scale);

#endif
