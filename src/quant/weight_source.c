#include "quant/weight_source.h"
#include "base/arena.h"
#include "quant/gguf_blocks.h"

#include <stdlib.h>
#include <string.h>

struct weight_source {
    struct tensor_set *set; /* one of the two */
    struct gguf *gguf;
    struct arena arena;  /* names */
    struct weight *list; /* sorted by name */
    size_t n;
};

static void take_tensor(struct weight *w, const struct tensor *t)
{
    *w = (struct weight){.name = t->name,
                         .shown = t->name,
                         .file = t->file,
                         .type_name = tensor_type_name(t->type),
                         .readable = true,
                         .known = true,
                         .n_dims = t->n_dims,
                         .data = t->data,
                         .size = t->size};
    memcpy(w->shape, t->shape, sizeof w->shape);
    if (t->type == TENSOR_F32)
        w->type = GGUF_F32;
    else if (t->type == TENSOR_F16)
        w->type = GGUF_F16;
    else if (t->type == TENSOR_BF16)
        w->type = GGUF_BF16;
    else
        w->readable = false;
}

static bool take_gguf(struct weight_source *s, struct weight *w, const struct gguf_tensor *t,
                      size_t head_dim, struct error *err)
{
    char name[GGUF_MAX_NAME];
    *w = (struct weight){.name = t->name,
                         .shown = t->name,
                         .file = t->file,
                         .type_name = gguf_type_name(t->type),
                         .readable = true,
                         .type = t->type,
                         .n_dims = t->n_dims,
                         .data = t->data,
                         .size = t->size};
    memcpy(w->shape, t->shape, sizeof w->shape);
    if (gguf_is_permuted(s->gguf, t->name)) w->head_rows = head_dim;
    if (!gguf_name_to_hf(t->name, name)) {
        w->known = strcmp(t->name, "rope_freqs.weight") == 0; /* it is in the config */
        return true;
    }
    w->known = true;
    w->name = arena_strdup(&s->arena, name);
    return w->name || error_memory(err, t->file);
}

static int compare_names(const void *a, const void *b)
{
    const struct weight *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static bool take_all(struct weight_source *s, size_t head_dim, struct error *err)
{
    s->n = s->set ? tensor_set_count(s->set) : gguf_count(s->gguf);
    s->list = calloc(s->n + 1, sizeof *s->list);
    if (!s->list) return error_memory(err, "tensor names");
    for (size_t i = 0; i < s->n; i++) {
        struct weight *w = &s->list[i];
        if (s->set)
            take_tensor(w, tensor_set_at(s->set, i));
        else if (!take_gguf(s, w, gguf_at(s->gguf, i), head_dim, err))
            return false;
        size_t width = w->n_dims ? w->shape[w->n_dims - 1] : 1;
        if (w->readable)
            w->row_bytes = width / gguf_block_values(w->type) * gguf_block_bytes(w->type);
    }
    if (s->n) qsort(s->list, s->n, sizeof *s->list, compare_names);
    for (size_t i = 1; i < s->n; i++) /* a GGUF file may hold Hugging Face's names too */
        if (strcmp(s->list[i - 1].name, s->list[i].name) == 0)
            return error_set(err, ERROR_INPUT, "%s: tensors \"%s\" and \"%s\" are the same",
                             s->list[i].file, s->list[i - 1].shown, s->list[i].shown);
    return true;
}

struct weight_source *weight_source_open(const char *path, size_t head_dim, struct error *err)
{
    struct weight_source *s = calloc(1, sizeof *s);
    if (!s) {
        error_memory(err, path);
        return NULL;
    }
    if (gguf_is_path(path))
        s->gguf = gguf_open(path, err);
    else
        s->set = tensor_set_open_dir(path, err);
    if ((s->gguf || s->set) && take_all(s, head_dim, err)) return s;
    weight_source_free(s);
    return NULL;
}

void weight_source_free(struct weight_source *s)
{
    if (!s) return;
    tensor_set_free(s->set);
    gguf_free(s->gguf);
    free(s->list);
    arena_free(&s->arena);
    free(s);
}

size_t weight_source_count(const struct weight_source *s)
{
    return s->n;
}

const struct weight *weight_source_at(const struct weight_source *s, size_t index)
{
    return &s->list[index];
}

const struct weight *weight_source_find(const struct weight_source *s, const char *name)
{
    struct weight wanted = {.name = name};
    return s->n ? bsearch(&wanted, s->list, s->n, sizeof *s->list, compare_names) : NULL;
}

const char *weight_source_name(const struct weight_source *s, const char *name, char *out)
{
    return s->gguf && gguf_name_from_hf(name, out) ? out : name;
}

const char *weight_source_authority(const struct weight_source *s)
{
    return s->gguf ? "its metadata" : "config.json";
}

size_t weight_row(const struct weight *w, size_t row)
{
    if (!w->head_rows) return row;
    size_t r = row % w->head_rows;
    return row - r + gguf_permuted_row(r, w->head_rows);
}

/* A vector in llama.cpp's order: the bias of q or k. */
static void read_permuted(const struct weight *w, size_t n, float *out)
{
    float head[256]; /* the largest head_dim there is */
    gguf_dequantize(w->type, w->data, n, out);
    for (size_t at = 0; at + w->head_rows <= n; at += w->head_rows) {
        for (size_t r = 0; r < w->head_rows; r++)
            head[r] = out[at + gguf_permuted_row(r, w->head_rows)];
        memcpy(out + at, head, w->head_rows * sizeof *out);
    }
}

void weight_read(const struct weight *w, size_t first, size_t n, float *out)
{
    if (w->n_dims < 2 && w->head_rows)
        read_permuted(w, n, out);
    else if (w->n_dims < 2)
        gguf_dequantize(w->type, w->data, n, out);
    else if (!w->head_rows)
        gguf_dequantize(w->type, w->data + first * w->row_bytes, n * w->shape[1], out);
    else
        for (size_t i = 0; i < n; i++)
            gguf_dequantize(w->type, w->data + weight_row(w, first + i) * w->row_bytes, w->shape[1],
                            out + i * w->shape[1]);
}

void weight_drop_rows(const struct weight *w, size_t first, size_t n)
{
    struct tensor t = {.data = w->data};
    tensor_drop_range(&t, first * w->row_bytes, n * w->row_bytes);
}
