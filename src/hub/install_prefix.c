/* A file of its own, because `make install` compiles it anew with the PREFIX that it installs to.
 */
#include "hub/model_place.h"

const char INSTALL_PREFIX[] = AUTOSPEC_PREFIX;
