#include "quant/format.h"

const int8_t Q4_CODEBOOK[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                0,    13,   25,  38,  53,  69,  89,  113};

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
