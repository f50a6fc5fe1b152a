/* The engine speed that stands beside a power or torque in one cell: "77 kW (105 hp) @ 8,000 rpm", "205 / 1750". */
#ifndef INGEST_PEAK_SPEED_H
#define INGEST_PEAK_SPEED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a value's remark is an engine speed and nothing else; from *low to *high, in rpm. */
bool peak_speed_read(const char *remark, size_t len, double *low, double *high);

#endif
