/* The tables behind unit.c: units, how they are spelled, and what "a per b" is. */
#ifndef VEHICLE_UNIT_TABLE_H
#define VEHICLE_UNIT_TABLE_H

#include "vehicle/unit.h"

/* Ids are stored in databases: never renumber, never reuse. */
enum unit_id {
    UNIT_NONE = 0,
    /* power */
    UNIT_KW = 1, UNIT_W, UNIT_MW, UNIT_HP, UNIT_BHP, UNIT_PS, UNIT_CH, UNIT_CV, UNIT_HP_RU,
    UNIT_HP_ZH, UNIT_PK,
    /* torque */
    UNIT_NM = 30, UNIT_DANM, UNIT_KNM, UNIT_LB_FT, UNIT_IN_LB, UNIT_KGF_M, UNIT_KGF_CM,
    /* mass */
    UNIT_KG = 50, UNIT_G, UNIT_MG, UNIT_T, UNIT_LB, UNIT_OZ, UNIT_ST, UNIT_CWT, UNIT_SHORT_TON,
    UNIT_LONG_TON, UNIT_TON, UNIT_QUINTAL, UNIT_JIN,
    /* length */
    UNIT_MM = 80, UNIT_CM, UNIT_DM, UNIT_M, UNIT_KM, UNIT_IN, UNIT_FT, UNIT_YD, UNIT_MI, UNIT_NMI,
    UNIT_UM, UNIT_WAN_KM, UNIT_KKM,
    /* area */
    UNIT_M2 = 110, UNIT_CM2, UNIT_MM2, UNIT_FT2, UNIT_IN2,
    /* volume */
    UNIT_L = 120, UNIT_DL, UNIT_CL, UNIT_ML, UNIT_CC, UNIT_CM3, UNIT_CU_IN, UNIT_CU_FT, UNIT_CU_YD,
    UNIT_M3, UNIT_DM3, UNIT_GAL, UNIT_GAL_US, UNIT_GAL_IMP, UNIT_QT, UNIT_QT_IMP, UNIT_PT,
    UNIT_PT_IMP, UNIT_FL_OZ, UNIT_HL,
    /* speed */
    UNIT_KMH = 150, UNIT_MPH, UNIT_MPS, UNIT_KN, UNIT_FPS,
    /* time */
    UNIT_S = 160, UNIT_MS, UNIT_MIN, UNIT_H, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR,
    /* fuel consumption */
    UNIT_L_100KM = 180, UNIT_MPG, UNIT_MPG_US, UNIT_MPG_IMP, UNIT_KM_L, UNIT_MI_L, UNIT_L_KM,
    UNIT_GAL_100MI, UNIT_L_10KM, UNIT_L_MIL,
    /* electric consumption */
    UNIT_KWH_100KM = 200, UNIT_WH_KM, UNIT_KWH_KM, UNIT_KWH_100MI, UNIT_KWH_MI, UNIT_WH_MI,
    UNIT_MI_KWH, UNIT_KM_KWH, UNIT_MPGE, UNIT_LE_100KM, UNIT_MJ_KM,
    /* energy */
    UNIT_KWH = 220, UNIT_WH, UNIT_MWH, UNIT_MJ, UNIT_KJ, UNIT_J,
    /* emission */
    UNIT_G_KM = 240, UNIT_MG_KM, UNIT_KG_KM, UNIT_G_MI, UNIT_MG_MI, UNIT_LB_MI, UNIT_G_100KM,
    /* pressure */
    UNIT_KPA = 260, UNIT_PA, UNIT_HPA, UNIT_MPA, UNIT_BAR, UNIT_MBAR, UNIT_PSI, UNIT_ATM,
    UNIT_KGF_CM2,
    /* rotation */
    UNIT_RPM = 280,
    /* angle, temperature */
    UNIT_DEGREE = 290, UNIT_RADIAN, UNIT_CELSIUS = 295, UNIT_FAHRENHEIT, UNIT_KELVIN,
    /* electricity */
    UNIT_V = 300, UNIT_KV, UNIT_MV, UNIT_A = 305, UNIT_MA, UNIT_AH = 310, UNIT_MAH,
    /* sound, ratio */
    UNIT_DBA = 320, UNIT_DB, UNIT_PERCENT = 330, UNIT_PERMILLE, UNIT_ONE,
    /* specific power */
    UNIT_KW_T = 340, UNIT_PS_T, UNIT_HP_T, UNIT_W_KG, UNIT_KG_KW, UNIT_KG_PS, UNIT_KG_HP,
    UNIT_LB_HP, UNIT_KW_KG, UNIT_HP_LB,
    /* of no dimension here: never converted */
    UNIT_KM_KG = 360, UNIT_MI_KG, UNIT_KG_100KM, UNIT_G_KWH, UNIT_PS_L, UNIT_HP_L, UNIT_KW_L,
    UNIT_NM_L, UNIT_KWH_KG, UNIT_WH_KG, UNIT_WH_L, UNIT_HP_TON, UNIT_KN_FORCE, UNIT_N, UNIT_HZ,
    UNIT_KHZ, UNIT_MHZ, UNIT_GHZ, UNIT_GB, UNIT_TB, UNIT_MB, UNIT_LM, UNIT_CD, UNIT_LUX, UNIT_OHM,
    UNIT_M_S2, UNIT_NM_KG, UNIT_KG_CM2, UNIT_KG_M3, UNIT_MI_WEEK, UNIT_TOPS, UNIT_N_MM,
    /* money */
    UNIT_EUR = 500, UNIT_KEUR, UNIT_USD, UNIT_KUSD, UNIT_GBP, UNIT_KGBP, UNIT_JPY, UNIT_WAN_JPY,
    UNIT_CNY, UNIT_WAN_CNY, UNIT_INR, UNIT_LAKH_INR, UNIT_CRORE_INR, UNIT_CAD, UNIT_AUD, UNIT_NZD,
    UNIT_CHF, UNIT_SEK, UNIT_NOK, UNIT_DKK, UNIT_ISK, UNIT_PLN, UNIT_CZK, UNIT_HUF, UNIT_RON,
    UNIT_BGN, UNIT_KRW, UNIT_WAN_KRW, UNIT_BRL, UNIT_MXN, UNIT_ARS, UNIT_CLP, UNIT_COP, UNIT_PEN,
    UNIT_RUB, UNIT_UAH, UNIT_TRY, UNIT_ZAR, UNIT_AED, UNIT_SAR, UNIT_ILS, UNIT_HKD, UNIT_SGD,
    UNIT_TWD, UNIT_MYR, UNIT_THB, UNIT_IDR, UNIT_PHP, UNIT_VND, UNIT_PKR, UNIT_EGP, UNIT_MAD,
    UNIT_NGN, UNIT_KES, UNIT_CRORE_PKR, UNIT_LAKH_PKR,
};

extern const struct unit UNIT_TABLE[];
extern const size_t UNIT_TABLE_COUNT;

/* All spellings of one unit, a NUL between them and one more at the end. They are in lower case; a
 * space stands for any joiner or none ("lb ft": "lbft", "lb-ft", "lb.-ft."), a point at the end for
 * an abbreviation that may carry one; '=' before it: case as written. */
struct unit_spelling {
    enum unit_id unit;
    const char *spellings;
};
extern const struct unit_spelling UNIT_SPELLINGS[];
extern const size_t UNIT_SPELLINGS_COUNT;

/* "numerator per count denominators". */
struct unit_quotient {
    enum unit_id numerator;
    int count; /* 1, 10 or 100 */
    enum unit_id denominator;
    enum unit_id unit;
};
extern const struct unit_quotient UNIT_QUOTIENTS[];
extern const size_t UNIT_QUOTIENTS_COUNT;

/* "a" with "imperial", "UK" or "US" beside it. */
struct unit_variant {
    enum unit_id unit, us, imperial;
};
extern const struct unit_variant UNIT_VARIANTS[];
extern const size_t UNIT_VARIANTS_COUNT;

const struct unit *unit_of(enum unit_id id); /* never NULL for an id of the enum but UNIT_NONE */

/* As unit_parse. *compound: text begins with a unit that something unknown follows ("kW/axle", "€ per
 * month"): what stands there is no figure in that unit. */
const struct unit *unit_parse_strict(const char *text, size_t len, size_t *used, bool *compound);

#endif
