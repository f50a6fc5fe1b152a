#include "quant/format.h"

/* Found by Lloyd's algorithm over groups of 32 weights, half of them normal and half Laplace, each
 * with the best scale of either sign, then rounded to int8 by coordinate descent (bench/codebook.c;
 * numbers in bench/NOTES.md). The sides differ because the sign of a group's scale is free: a group
 * whose largest weight stands alone puts it on the long side. The zero costs 0.2 % of the error and
 * keeps padding and pruned weights exact. */
const int8_t Q4_CODEBOOK[16] = {-127, -91, -70, -54, -40, -28, -17, -8,
                                0,    9,   19,  30,  43,  58,  76,  97};

const char *quant_type_name(enum quant_type type)
{
    switch (type) {
    case QUANT_Q4:
        return "q4";
    case QUANT_Q8:
        return "q8";
    case QUANT_BF16:
        return "bf16";
    case QUANT_F32:
        return "f32";
    }
    return "?";
}

const char *quant_type_label(enum quant_type type)
{
    switch (type) {
    case QUANT_Q4:
        return "4-bit";
    case QUANT_Q8:
        return "8-bit";
    case QUANT_BF16:
        return "none";
    case QUANT_F32:
        return "none (f32)";
    }
    return "?";
}
