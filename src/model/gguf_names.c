/* Tensor names: llama.cpp's and Hugging Face's. */
#include "model/gguf.h"

#include <stdio.h>
#include <string.h>

struct pair {
    const char *gguf, *hf;
};

static const struct pair OUTSIDE[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"output.weight", "lm_head.weight"},
};

/* Behind "blk.N." and "model.layers.N.". */
static const struct pair LAYER[] = {
    {"attn_norm.weight", "input_layernorm.weight"},
    {"attn_q.weight", "self_attn.q_proj.weight"},
    {"attn_q.bias", "self_attn.q_proj.bias"},
    {"attn_k.weight", "self_attn.k_proj.weight"},
    {"attn_k.bias", "self_attn.k_proj.bias"},
    {"attn_v.weight", "self_attn.v_proj.weight"},
    {"attn_v.bias", "self_attn.v_proj.bias"},
    {"attn_q_norm.weight", "self_attn.q_norm.weight"},
    {"attn_k_norm.weight", "self_attn.k_norm.weight"},
    {"attn_output.weight", "self_attn.o_proj.weight"},
    {"attn_output.bias", "self_attn.o_proj.bias"},
    {"ffn_norm.weight", "post_attention_layernorm.weight"},
    {"ffn_gate.weight", "mlp.gate_proj.weight"},
    {"ffn_up.weight", "mlp.up_proj.weight"},
    {"ffn_down.weight", "mlp.down_proj.weight"},
};

/* The digits behind a prefix and what comes behind their '.'; NULL when the name is not such. */
static const char *layer_part(const char *name, const char *prefix, int *digits)
{
    size_t n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0) return NULL;
    size_t len = strspn(name + n, "0123456789");
    if (len < 1 || len > 6 || name[n + len] != '.' || (len > 1 && name[n] == '0')) return NULL;
    *digits = (int)len;
    return name + n + len + 1;
}

bool gguf_name_to_hf(const char *name, char *out)
{
    for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++)
        if (strcmp(name, OUTSIDE[i].gguf) == 0) {
            snprintf(out, GGUF_MAX_NAME, "%s", OUTSIDE[i].hf);
            return true;
        }
    int digits;
    const char *part = layer_part(name, "blk.", &digits);
    for (size_t i = 0; part && i < sizeof LAYER / sizeof *LAYER; i++)
        if (strcmp(part, LAYER[i].gguf) == 0) {
            snprintf(out, GGUF_MAX_NAME, "model.layers.%.*s.%s", digits, part - 1 - digits,
                     LAYER[i].hf);
            return true;
        }
    return false;
}

bool gguf_name_from_hf(const char *name, char *out)
{
    for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++)
        if (strcmp(name, OUTSIDE[i].hf) == 0) {
            snprintf(out, GGUF_MAX_NAME, "%s", OUTSIDE[i].gguf);
            return true;
        }
    int digits;
    const char *part = layer_part(name, "model.layers.", &digits);
    for (size_t i = 0; part && i < sizeof LAYER / sizeof *LAYER; i++)
        if (strcmp(part, LAYER[i].hf) == 0) {
            snprintf(out, GGUF_MAX_NAME, "blk.%.*s.%s", digits, part - 1 - digits, LAYER[i].gguf);
            return true;
        }
    return false;
}

bool gguf_is_permuted(const struct gguf *g, const char *name)
{
    const char *arch;
    size_t len;
    int digits;
    if (!gguf_get_text(g, "general.architecture", true, &arch, &len, NULL) || len != 5 ||
        memcmp(arch, "llama", 5) != 0)
        return false;
    const char *part = layer_part(name, "blk.", &digits);
    return part && (strncmp(part, "attn_q.", 7) == 0 || strncmp(part, "attn_k.", 7) == 0);
}
