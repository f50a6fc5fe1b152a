/* The start of a step: rotary angles, and rows of the embedding table. */
#include "backend/cuda/weights.cuh"

/* cos and sin of an angle up to 2^24, which has to be brought to a quarter turn in f64: f32 has no
 * digits left there, and the library's way of doing it takes memory. */
DEVICE void turn(float angle, float *cosine, float *sine)
{
    double quarter = rint((double)angle * 0.63661977236758134308);
    double r = fma(quarter, -6.123233995736766e-17, fma(quarter, -1.5707963267948966, (double)angle));
    float x = (float)r, x2 = x * x;
    float s = 2.7557319e-6f; /* Taylor: |x| <= pi / 4 leaves 3e-8 */
    s = fmaf(s, x2, -1.98412698e-4f);
    s = fmaf(s, x2, 8.33333333e-3f);
    s = fmaf(s, x2, -0.166666667f);
    s = fmaf(s * x2, x, x);
    float c = -2.7557319e-7f;
    c = fmaf(c, x2, 2.48015873e-5f);
    c = fmaf(c, x2, -1.38888889e-3f);
    c = fmaf(c, x2, 4.16666667e-2f);
    c = fmaf(c, x2, -0.5f);
    c = fmaf(c, x2, 1.0f);
    int32_t q = (int32_t)quarter & 3;
    *cosine = q == 0 ? c : q == 1 ? -s : q == 2 ? -c : s;
    *sine = q == 0 ? s : q == 1 ? c : q == 2 ? -s : -c;
}

KERNEL(rotary, 128, 1, cuda_rotary_args)
{
    uint32_t t = blockIdx.x, half = (uint32_t)a.half;
    depend_launch();
    depend_wait();
    for (uint32_t i = threadIdx.x; i < half; i += 128) {
        /* The product is rounded to f32 as in the reference implementation. */
        float angle = (float)a.position[t] * a.inv_freq[i], c, s;
        turn(angle, &c, &s);
        a.cosine[(size_t)t * half + i] = c * a.scale;
        a.sine[(size_t)t * half + i] = s * a.scale;
    }
}

DEVICE float table_at(const struct cuda_matrix *m, int type, uint32_t row, uint32_t col)
{
    float v = weight_at(m, type, row, col);
    return type == TYPE_BF16 ? v : v * m->row_scale[row];
}

KERNEL(embed, 256, 1, cuda_embed_args)
{
    uint32_t t = blockIdx.x, hidden = (uint32_t)a.hidden;
    depend_launch();
    depend_wait();
    uint32_t id = (uint32_t)a.tokens[t];
    if (id >= (uint32_t)a.table.rows) id = 0; /* PICK's -1, of which the host hears */
    for (uint32_t i = threadIdx.x; i < hidden; i += 256)
        a.x[(size_t)t * hidden + i] = table_at(&a.table, a.type, id, i);
}

KERNEL(bert_embed, 256, 1, cuda_bert_embed_args)
{
    __shared__ float room[2][32];
    uint32_t t = blockIdx.x, hidden = (uint32_t)a.hidden, stride = (uint32_t)a.out.stride;
    depend_launch();
    depend_wait();
    uint32_t id = (uint32_t)a.tokens[t];
    float *x = a.x + (size_t)t * hidden, sum = 0.0f, squares = 0.0f;
    const float *position = a.positions + (size_t)(uint32_t)a.position[t] * hidden;
    for (uint32_t i = threadIdx.x; i < hidden; i += 256) {
        x[i] = table_at(&a.words, a.type, id, i) + a.segment[i] + position[i];
        sum += x[i];
    }
    float mean = block_sum(sum, room[0], 256) / (float)hidden;
    for (uint32_t i = threadIdx.x; i < hidden; i += 256) squares += (x[i] - mean) * (x[i] - mean);
    float scale = 1.0f / sqrtf(block_sum(squares, room[1], 256) / (float)hidden + a.eps);
    for (uint32_t i = threadIdx.x; i < stride; i += 256) {
        float v = 0.0f;
        if (i < hidden) x[i] = v = (x[i] - mean) * scale * a.weight[i] + a.bias[i];
        store_group(&a.out, t, i, v);
    }
}
