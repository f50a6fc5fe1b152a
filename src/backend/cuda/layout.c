#include "backend/cuda/layout.h"

enum { ALIGNMENT = 256 };

void *layout_take(struct layout *l, size_t bytes)
{
    size_t size = stage_padded(bytes, ALIGNMENT);
    void *p = (void *)(l->base + l->at);
    l->at += size;
    *l->count += size;
    return p;
}

const float *layout_vector(struct layout *l, size_t n)
{
    return layout_take(l, layout_rows(n) * sizeof(float));
}

void layout_matrix(struct layout *l, struct device_matrix *m, enum quant_type type, size_t rows,
                   size_t cols)
{
    m->type = type;
    m->at.rows = (int32_t)rows;
    m->at.cols = (int32_t)cols;
    m->at.data = layout_take(l, packed_matrix_bytes(type, rows, cols));
    m->at.row_scale = type == QUANT_Q4 || type == QUANT_Q8
                          ? layout_take(l, layout_rows(rows) * sizeof(float))
                          : NULL;
}

struct cuda_activations layout_activations(struct layout *l, enum cuda_form form, size_t rows,
                                           size_t width)
{
    size_t stride = stage_padded(width, QUANT_GROUP);
    struct cuda_activations a = {.form = (int32_t)form, .stride = (int32_t)stride};
    if (form == CUDA_FORM_BF16) {
        a.bf16 = layout_take(l, rows * stride * sizeof *a.bf16);
    } else {
        a.q = layout_take(l, rows * stride);
        a.scale = layout_take(l, rows * stride / QUANT_GROUP * sizeof *a.scale);
    }
    return a;
}

size_t layout_partials(size_t rows, size_t cols, size_t tokens, unsigned processors)
{
    size_t most = (size_t)cuda_gemv_splits((int32_t)rows, (int32_t)cols, processors) *
                  (tokens < CUDA_GEMV_TOKENS ? tokens : CUDA_GEMV_TOKENS);
    for (size_t n = 1; n <= tokens; n++) {
        size_t here =
            n * (size_t)cuda_gemm_splits((int32_t)rows, (int32_t)cols, (int32_t)n, processors);
        if (here > most) most = here;
    }
    return most * layout_rows(rows);
}
