#include "backend/cpu/kernels.h"

#include <string.h>

#if defined(__x86_64__)
static bool has_avx2(void)
{
    /* f16c, which clang 14 has no name for, is on every machine that has avx2. */
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
}
#endif

const struct cpu_kernels *cpu_kernels_find(const char *name)
{
#if defined(__x86_64__)
    if ((!name || strcmp(name, "avx512") == 0) && has_avx512()) return &cpu_kernels_avx512;
    if ((!name || strcmp(name, "avx2") == 0) && has_avx2()) return &cpu_kernels_avx2;
#endif
    if (!name || strcmp(name, "portable") == 0) return &cpu_kernels_portable;
    return NULL;
}

const struct paged_attention *cpu_attention_find(const struct cpu_kernels *kernels, bool int8)
{
#if defined(__x86_64__)
    if (kernels == &cpu_kernels_avx512 && __builtin_cpu_supports("avx512bf16"))
        return int8 ? &attention_int8_avx512 : &attention_bf16_avx512;
#endif
    (void)kernels, (void)int8;
    return NULL;
}
