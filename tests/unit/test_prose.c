/* Facts from prose: sentences, subjects, figures. */
#include "ingest/prose.h"
#include "ingest/sentence.h"
#include "prose_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

