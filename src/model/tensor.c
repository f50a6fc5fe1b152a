/* One tensor of a safetensors file: its type, its values as f32, its pages. */
#include "model/safetensors.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [TENSOR_F32] = {"F32", 4}, [TENSOR_F16] = {"F16", 2},     [TENSOR_BF16] = {"BF16", 2},
    [TENSOR_U8] = {"U8", 1},   [TENSOR_I8] = {"I8", 1},       [TENSOR_I32] = {"I32", 4},
    [TENSOR_I64] = {"I64", 8}, [TENSOR_OTHER] = {"other", 0},
};

const char *tensor_type_name(enum tensor_type type)
{
    return types[type].name;
}

size_t tensor_type_size(enum tensor_type type)
{
    return types[type].size;
}

/* Without branches, so that the loop vectorizes: the exponent is rebiased by a multiplication,
 * which makes subnormals right too; infinities and NaN get their exponent back afterwards. */
static float f16_value(uint16_t h)
{
    uint32_t magnitude = (uint32_t)(h & 0x7fff) << 13;
    float f;
    memcpy(&f, &magnitude, 4);
    f *= 0x1p112f;
    uint32_t u;
    memcpy(&u, &f, 4);
    u |= magnitude >= 0x0f800000 ? 0x7f800000 : 0;
    u |= (uint32_t)(h & 0x8000) << 16;
    memcpy(&f, &u, 4);
    return f;
}

void tensor_read_f32(const struct tensor *t, size_t first, size_t n, float *out)
{
    const uint8_t *p = t->data;
    switch (t->type) {
    case TENSOR_F32:
        memcpy(out, p + 4 * first, 4 * n);
        break;
    case TENSOR_BF16:
        p += 2 * first;
        for (size_t i = 0; i < n; i++) {
            uint16_t h;
            memcpy(&h, p + 2 * i, 2);
            uint32_t u = (uint32_t)h << 16;
            memcpy(out + i, &u, 4);
        }
        break;
    case TENSOR_F16:
        p += 2 * first;
        for (size_t i = 0; i < n; i++) {
            uint16_t h;
            memcpy(&h, p + 2 * i, 2);
            out[i] = f16_value(h);
        }
        break;
    default: /* the caller broke the contract; zeros rather than what was in `out` */
        memset(out, 0, n * sizeof *out);
        break;
    }
}

void tensor_drop_range(const struct tensor *t, size_t offset, size_t len)
{
    if (!len) return;
    /* Outward to whole pages: the neighbours' bytes come back from the file when touched. */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)t->data + offset) & ~(page - 1);
    uintptr_t end = (uintptr_t)t->data + offset + len;
    madvise((void *)begin, end - begin, MADV_DONTNEED);
}

void tensor_drop_pages(const struct tensor *t)
{
    tensor_drop_range(t, 0, t->size);
}
