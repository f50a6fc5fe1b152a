#include "grammar/json_scalars.h"

#include <string.h>

/* ---- letters of strings ---- */

enum letters {
    L_PLAIN = LETTER_NONE,
    L_ESCAPE,
    L_U1, /* hex digits of \u; no surrogates, no \u0000 */
    L_U2,
    L_U2_ZERO,
    L_U2_D,
    L_U3,
    L_U3_ZERO,
    L_U4,
    L_U4_ZERO,
    L_1, /* bytes of UTF-8 to come */
    L_2,
    L_3,
    L_2_E0, /* the same, of which the first is of a smaller range (Unicode 3.9, table 3-7) */
    L_2_ED,
    L_3_F0,
    L_3_F4,
};

static bool is_hex(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool letter_begin(unsigned char c, uint8_t *at)
{
    if (c < 0x20) return false;
    if (c < 0x80)
        *at = L_PLAIN;
    else if (c < 0xc2)
        return false;
    else if (c < 0xe0)
        *at = L_1;
    else if (c < 0xf0)
        *at = c == 0xe0 ? L_2_E0 : c == 0xed ? L_2_ED : L_2;
    else if (c < 0xf5)
        *at = c == 0xf0 ? L_3_F0 : c == 0xf4 ? L_3_F4 : L_3;
    else
        return false;
    return true;
}

static bool between(unsigned char c, unsigned lo, unsigned hi, uint8_t *at, uint8_t next)
{
    *at = next;
    return c >= lo && c <= hi;
}

bool letter_go_on(unsigned char c, uint8_t *at)
{
    enum letters was = *at;
    switch (was) {
    case L_ESCAPE:
        *at = c == 'u' ? L_U1 : L_PLAIN;
        return c && strchr("\"\\/bfnrtu", c);
    case L_U1:
        *at = c == '0' ? L_U2_ZERO : c == 'd' || c == 'D' ? L_U2_D : L_U2;
        return is_hex(c);
    case L_U2_ZERO:
        *at = c == '0' ? L_U3_ZERO : L_U3;
        return is_hex(c);
    case L_U2_D:
        return between(c, '0', '7', at, L_U3);
    case L_U2:
        *at = L_U3;
        return is_hex(c);
    case L_U3_ZERO:
        *at = c == '0' ? L_U4_ZERO : L_U4;
        return is_hex(c);
    case L_U3:
        *at = L_U4;
        return is_hex(c);
    case L_U4_ZERO:
        *at = L_PLAIN;
        return is_hex(c) && c != '0';
    case L_U4:
        *at = L_PLAIN;
        return is_hex(c);
    case L_1:
        return between(c, 0x80, 0xbf, at, L_PLAIN);
    case L_2:
        return between(c, 0x80, 0xbf, at, L_1);
    case L_3:
        return between(c, 0x80, 0xbf, at, L_2);
    case L_2_E0:
        return between(c, 0xa0, 0xbf, at, L_1);
    case L_2_ED:
        return between(c, 0x80, 0x9f, at, L_1);
    case L_3_F0:
        return between(c, 0x90, 0xbf, at, L_2);
    case L_3_F4:
        return between(c, 0x80, 0x8f, at, L_2);
    case L_PLAIN:
        break;
    }
    return false;
}

void letter_begin_escape(uint8_t *at)
{
    *at = L_ESCAPE;
}

/* ---- numbers ---- */

enum number {
    N_SIGN,
    N_ZERO,
    N_INTEGER,
    N_POINT,
    N_FRACTION,
    N_E,
    N_E_SIGN,
    N_EXPONENT,
};

enum { INTEGER_DIGITS = 15, FRACTION_DIGITS = 15, EXPONENT_DIGITS = 2 };

bool number_go_on(struct number_place *p, unsigned char c)
{
    bool digit = c >= '0' && c <= '9';
    enum number was = p->part;
    uint32_t digits = p->digits;
    p->digits = digit;
    switch (was) {
    case N_SIGN:
        p->part = c == '0' ? N_ZERO : N_INTEGER;
        return digit;
    case N_ZERO:
    case N_INTEGER:
    case N_FRACTION:
        if (digit) {
            p->digits = digits + 1;
            return was != N_ZERO && digits < (was == N_INTEGER ? INTEGER_DIGITS : FRACTION_DIGITS);
        }
        p->part = c == '.' ? N_POINT : N_E;
        return (c == '.' && was != N_FRACTION) || c == 'e' || c == 'E';
    case N_POINT:
        p->part = N_FRACTION;
        return digit;
    case N_E:
        p->part = digit ? N_EXPONENT : N_E_SIGN;
        return digit || c == '-' || c == '+';
    case N_E_SIGN:
        p->part = N_EXPONENT;
        return digit;
    case N_EXPONENT:
        p->digits = digits + 1;
        return digit && digits < EXPONENT_DIGITS;
    }
    return false;
}

bool number_may_end(const struct number_place *p)
{
    return p->part == N_ZERO || p->part == N_INTEGER || p->part == N_FRACTION ||
           p->part == N_EXPONENT;
}

static uint64_t power(uint32_t n)
{
    uint64_t p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

/* Whether the limits hold a number from lo to hi, in units, of this sign. */
static bool within(const struct schema_node *n, bool negative, uint64_t lo, uint64_t hi)
{
    int64_t min = n->of.decimal.min, max = n->of.decimal.max;
    if (negative) {
        int64_t other = -min;
        min = max < 0 ? -max : 1; /* no -0 */
        max = other;
    }
    if (max < 0) return false;
    uint64_t low = min > 0 ? (uint64_t)min : 0;
    return lo <= (uint64_t)max && hi >= low;
}

/* Whether the integer's digits so far, with more of them or none, can lead to a number that fits.
 */
static bool integer_leads(const struct schema_node *n, const struct decimal_place *p)
{
    uint64_t unit = power(n->of.decimal.decimals);
    for (;; unit *= 10) {
        if (within(n, p->negative, p->value * unit, p->value * unit + unit - 1)) return true;
        if (p->part == N_ZERO || p->value * unit > (uint64_t)1 << 53) return false;
    }
}

bool decimal_go_on(const struct schema_node *n, struct decimal_place *p, unsigned char c)
{
    uint64_t unit;
    bool digit = c >= '0' && c <= '9';
    if (digit && p->part != N_ZERO) p->value = p->value * 10 + (uint64_t)(c - '0');
    switch ((enum number)p->part) {
    case N_SIGN:
        p->part = c == '0' ? N_ZERO : N_INTEGER;
        return digit && integer_leads(n, p);
    case N_ZERO:
    case N_INTEGER:
        if (digit) return p->part == N_INTEGER && integer_leads(n, p);
        p->part = N_POINT;
        if (c != '.' || n->of.decimal.decimals == 0) return false;
        break;
    case N_POINT:
    case N_FRACTION:
        p->part = N_FRACTION;
        if (!digit || p->decimals == n->of.decimal.decimals) return false;
        p->decimals++;
        break;
    default:
        return false;
    }
    unit = power(n->of.decimal.decimals - p->decimals);
    return within(n, p->negative, p->value * unit, p->value * unit + unit - 1);
}

bool decimal_may_end(const struct schema_node *n, const struct decimal_place *p)
{
    if (p->part == N_SIGN || p->part == N_POINT) return false;
    uint64_t value = p->value * power(n->of.decimal.decimals - p->decimals);
    return within(n, p->negative, value, value);
}
