/* A BERT encoder ready to make vectors of texts: weights, tokenizer and backend together
 * (bge-small-en-v1.5, all-MiniLM-L6-v2 and their like: one vector a text; colbertv2.0: one a
 * token). One encoder serves one thread at a time; several may be open. No global state. */
#ifndef ENGINE_ENCODER_H
#define ENGINE_ENCODER_H

#include "base/error.h"
#include "tokenizer/tokenizer.h"
#include "quant/format.h"

struct encoder;
struct device_source; /* backend/cuda/device.h */
struct backend_gpu;   /* backend/backend.h */

struct encoder_options {
    enum quant_type type;  /* how weights are kept; QUANT_BF16: as they are, F32 files in f32 */
    const char *cache_dir; /* for packed files; NULL: none is kept */
    size_t n_threads;      /* 0: the cores there are */
    const char *isa;       /* NULL: the best */
    size_t batch_tokens;   /* computed at once; 0: 1024, on a GPU 8192 or what fits. At least a
                              longest text is */
    const char *device;    /* "auto" (or NULL): a GPU that has room, or the CPU; "cpu", "cuda",
                              "cuda:N". On a GPU f32 weights are computed in bf16 */
    struct device_source *gpu_source; /* NULL: the driver's */
};

/* Opens a folder in the Hugging Face layout: config.json, tokenizer.json or vocab.txt,
 * *.safetensors, and the files of sentence-transformers or ColBERT where it has them. */
struct encoder *encoder_open(const char *dir, const struct encoder_options *options,
                             struct error *err);
void encoder_free(struct encoder *e);

struct encoder_info {
    const char *name;         /* the folder's last part */
    const char *quantization; /* "4-bit", "8-bit", "none" */
    const char *device;       /* the backend's description */
    const char *pooling;      /* "mean", "cls", "none" (ColBERT) */
    bool per_token;           /* ColBERT */
    bool normalized;          /* vectors have length 1 */
    size_t dim;               /* of a vector */
    size_t max_tokens;        /* of a passage, with [CLS] and [SEP]: longer ones are cut */
    size_t n_layers, hidden, vocab, parameters;
    size_t weight_bytes, activation_bytes;
    bool from_cache;
    double load_seconds;
};
void encoder_info(const struct encoder *e, struct encoder_info *info);

/* The GPU that computes it, with what is free there now; false: the CPU does. From any thread. */
bool encoder_gpu(const struct encoder *e, struct backend_gpu *out);

/* The GPU is gone for good: every call fails from now on. From any thread. */
bool encoder_lost(const struct encoder *e);

const struct tokenizer *encoder_tokenizer(const struct encoder *e);

/* What a text is to the search: models may have another prompt or form for each. */
enum encoder_kind { ENCODER_PASSAGE, ENCODER_QUERY };

struct encoder_text {
    const char *text; /* invalid UTF-8 counts as U+FFFD; spellings of control tokens are text */
    size_t len;
};

/* One vector a text into out (n, dim). A text's vector does not depend on the others. An error for
 * ColBERT models. */
bool encoder_embed(struct encoder *e, const struct encoder_text *texts, size_t n,
                   enum encoder_kind kind, float *out, struct error *err);

/* ColBERT's vectors of n texts: those of text i are rows first[i] to first[i + 1]. */
struct token_vectors {
    size_t n, dim;
    size_t *first;  /* (n + 1) */
    float *vectors; /* (first[n], dim) */
};

/* An error for models that are not ColBERT's. Free the result with token_vectors_free. */
bool encoder_embed_tokens(struct encoder *e, const struct encoder_text *texts, size_t n,
                          enum encoder_kind kind, struct token_vectors *out, struct error *err);
void token_vectors_free(struct token_vectors *v);

/* ColBERT's score of text `passage` of p for text `query` of q: each query vector's best product,
 * summed. */
float token_vectors_score(const struct token_vectors *q, size_t query,
                          const struct token_vectors *p, size_t passage);

#endif
