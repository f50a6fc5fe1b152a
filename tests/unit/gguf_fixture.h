/* Writes GGUF files for the tests and the fuzzer, right or wrong as asked. */
#ifndef GGUF_FIXTURE_H
#define GGUF_FIXTURE_H

#include "base/buffer.h"
#include "base/file.h"
#include "model/gguf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Kinds of metadata values by their number in the file. */
enum {
    G_U8,
    G_I8,
    G_U16,
    G_I16,
    G_U32,
    G_I32,
    G_F32,
    G_BOOL,
    G_STRING,
    G_ARRAY,
    G_U64,
    G_I64,
    G_F64
};

struct gguf_builder {
    struct buffer values, infos, data;
    uint64_t n_values, n_tensors;
    uint32_t version;                 /* 0: 3 */
    size_t alignment;                 /* of the data; 0: 32 */
    uint64_t add_values, add_tensors; /* what the header's counts are too high by */
};

static inline void g_put(struct buffer *b, const void *data, size_t len)
{
    buffer_append(b, data, len);
}

static inline void g_u32(struct buffer *b, uint32_t v)
{
    g_put(b, &v, sizeof v);
}

static inline void g_u64(struct buffer *b, uint64_t v)
{
    g_put(b, &v, sizeof v);
}

static inline void g_string(struct buffer *b, const char *text, size_t len)
{
    g_u64(b, len);
    g_put(b, text, len);
}

/* A key and the kind of its value, which the caller appends to b->values. */
static inline struct buffer *g_key(struct gguf_builder *b, const char *key, uint32_t kind)
{
    b->n_values++;
    g_string(&b->values, key, strlen(key));
    g_u32(&b->values, kind);
    return &b->values;
}

static inline void g_value_u32(struct gguf_builder *b, const char *key, uint32_t v)
{
    g_u32(g_key(b, key, G_U32), v);
}

static inline void g_value_f32(struct gguf_builder *b, const char *key, float v)
{
    g_put(g_key(b, key, G_F32), &v, sizeof v);
}

static inline void g_value_text(struct gguf_builder *b, const char *key, const char *text)
{
    g_string(g_key(b, key, G_STRING), text, strlen(text));
}

static inline struct buffer *g_array(struct gguf_builder *b, const char *key, uint32_t kind,
                                     uint64_t n)
{
    struct buffer *out = g_key(b, key, G_ARRAY);
    g_u32(out, kind);
    g_u64(out, n);
    return out;
}

/* shape: outermost first. An entry of the list of tensors; its data is the caller's. */
static inline void g_info(struct gguf_builder *b, const char *name, uint32_t type, uint32_t n_dims,
                          const uint64_t *shape, uint64_t offset)
{
    b->n_tensors++;
    g_string(&b->infos, name, strlen(name));
    g_u32(&b->infos, n_dims);
    for (size_t i = n_dims; i-- > 0;) g_u64(&b->infos, shape[i]);
    g_u32(&b->infos, type);
    g_u64(&b->infos, offset);
}

static inline void g_align(struct buffer *b, size_t alignment)
{
    while (b->len % alignment) buffer_putc(b, '\0');
}

static inline void g_tensor(struct gguf_builder *b, const char *name, uint32_t type, uint64_t rows,
                            uint64_t cols, const void *data, size_t len)
{
    uint64_t shape[2] = {rows, cols};
    g_align(&b->data, b->alignment ? b->alignment : 32);
    if (rows)
        g_info(b, name, type, 2, shape, b->data.len);
    else
        g_info(b, name, type, 1, shape + 1, b->data.len);
    g_put(&b->data, data, len);
}

/* The whole file. */
static inline void g_finish(const struct gguf_builder *b, struct buffer *out)
{
    g_put(out, "GGUF", 4);
    g_u32(out, b->version ? b->version : 3);
    g_u64(out, b->n_tensors + b->add_tensors);
    g_u64(out, b->n_values + b->add_values);
    g_put(out, buffer_text(&b->values), b->values.len);
    g_put(out, buffer_text(&b->infos), b->infos.len);
    g_align(out, b->alignment ? b->alignment : 32);
    g_put(out, buffer_text(&b->data), b->data.len);
}

static inline bool g_write(const struct gguf_builder *b, const char *path, struct error *err)
{
    struct buffer out = {0};
    g_finish(b, &out);
    bool ok = !out.failed && file_write(path, buffer_text(&out), out.len, err);
    buffer_free(&out);
    return ok;
}

static inline void g_free(struct gguf_builder *b)
{
    buffer_free(&b->values);
    buffer_free(&b->infos);
    buffer_free(&b->data);
    *b = (struct gguf_builder){0};
}

/* ---- a small model that is in order ---- */

enum { G_HIDDEN = 32, G_HEADS = 2, G_HEAD_DIM = 16, G_KV = 16, G_FFN = 64, G_VOCAB = 300 };

/* Tokens: the byte alphabet, "ab" (of one merge), and control tokens. */
static inline void g_model_tokenizer(struct gguf_builder *b, const char *pre)
{
    static const char *const CONTROL[] = {"<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
                                          "<｜User｜>", "<｜Assistant｜>"};
    g_value_text(b, "tokenizer.ggml.model", "gpt2");
    if (pre) g_value_text(b, "tokenizer.ggml.pre", pre);
    struct buffer *out = g_array(b, "tokenizer.ggml.tokens", G_STRING, G_VOCAB);
    uint32_t above = 256;
    for (uint32_t byte = 0; byte < 256; byte++) { /* the letter that stands for each byte */
        bool plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
        uint32_t cp = plain ? byte : above++;
        char text[2] = {(char)cp, 0};
        if (cp >= 128) {
            text[0] = (char)(0xc0 | cp >> 6);
            text[1] = (char)(0x80 | (cp & 63));
        }
        g_string(out, text, cp < 128 ? 1 : 2);
    }
    g_string(out, "ab", 2);
    for (size_t i = 0; i < 4; i++) g_string(out, CONTROL[i], strlen(CONTROL[i]));
    for (size_t i = 261; i < G_VOCAB; i++) {
        char pad[16];
        int n = snprintf(pad, sizeof pad, "[PAD%zu]", i);
        g_string(out, pad, (size_t)n);
    }
    out = g_array(b, "tokenizer.ggml.token_type", G_I32, G_VOCAB);
    for (uint32_t i = 0; i < G_VOCAB; i++) g_u32(out, i < 257 ? 1 : i < 261 ? 3 : 5);
    out = g_array(b, "tokenizer.ggml.merges", G_STRING, 1);
    g_string(out, "a b", 3);
    g_value_u32(b, "tokenizer.ggml.bos_token_id", 257);
    g_value_u32(b, "tokenizer.ggml.eos_token_id", 258);
}

static inline void g_model_config(struct gguf_builder *b, const char *arch)
{
    static const struct {
        const char *key;
        uint32_t value;
    } SIZES[] = {
        {"context_length", 128},
        {"embedding_length", G_HIDDEN},
        {"block_count", 1},
        {"feed_forward_length", G_FFN},
        {"attention.head_count", G_HEADS},
        {"attention.head_count_kv", 1},
    };
    char key[96];
    g_value_text(b, "general.architecture", arch);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        snprintf(key, sizeof key, "%s.%s", arch, SIZES[i].key);
        g_value_u32(b, key, SIZES[i].value);
    }
    snprintf(key, sizeof key, "%s.attention.layer_norm_rms_epsilon", arch);
    g_value_f32(b, key, 1e-6f);
}

/* An F32 tensor of small numbers that follow from its place; rows 0: a vector. */
static inline void g_model_tensor(struct gguf_builder *b, const char *name, size_t rows,
                                  size_t cols)
{
    size_t n = (rows ? rows : 1) * cols;
    float *values = malloc(n * sizeof *values);
    if (!values) abort();
    for (size_t i = 0; i < n; i++)
        values[i] = (float)((i * 2654435761u + b->data.len) % 1009) / 1009 - 0.5f;
    g_tensor(b, name, GGUF_F32, rows, cols, values, n * sizeof *values);
    free(values);
}

/* All tensors but the one called `without`, as F32. */
static inline void g_model_tensors(struct gguf_builder *b, const char *arch, const char *without)
{
    static const struct {
        const char *name;
        size_t rows, cols;
        bool bias;
    } TENSORS[] = {
        {"token_embd.weight", G_VOCAB, G_HIDDEN, false},
        {"output_norm.weight", 0, G_HIDDEN, false},
        {"blk.0.attn_norm.weight", 0, G_HIDDEN, false},
        {"blk.0.attn_q.weight", G_HEADS * G_HEAD_DIM, G_HIDDEN, false},
        {"blk.0.attn_k.weight", G_KV, G_HIDDEN, false},
        {"blk.0.attn_v.weight", G_KV, G_HIDDEN, false},
        {"blk.0.attn_q.bias", 0, G_HEADS * G_HEAD_DIM, true},
        {"blk.0.attn_k.bias", 0, G_KV, true},
        {"blk.0.attn_v.bias", 0, G_KV, true},
        {"blk.0.attn_output.weight", G_HIDDEN, G_HEADS * G_HEAD_DIM, false},
        {"blk.0.ffn_norm.weight", 0, G_HIDDEN, false},
        {"blk.0.ffn_gate.weight", G_FFN, G_HIDDEN, false},
        {"blk.0.ffn_up.weight", G_FFN, G_HIDDEN, false},
        {"blk.0.ffn_down.weight", G_HIDDEN, G_FFN, false},
    };
    for (size_t i = 0; i < sizeof TENSORS / sizeof *TENSORS; i++) {
        if (TENSORS[i].bias && strcmp(arch, "qwen2") != 0) continue;
        if (without && strcmp(TENSORS[i].name, without) == 0) continue;
        g_model_tensor(b, TENSORS[i].name, TENSORS[i].rows, TENSORS[i].cols);
    }
}

static inline void g_model(struct gguf_builder *b, const char *arch)
{
    g_model_config(b, arch);
    g_model_tokenizer(b, "deepseek-r1-qwen");
    g_model_tensors(b, arch, NULL);
}

#endif
