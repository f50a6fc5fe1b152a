/* What a refusal of the Hub means and what the user can do about it. */
#ifndef HUB_HUB_REFUSAL_H
#define HUB_HUB_REFUSAL_H

#include "hub/hub_http.h"
#include "hub/hub_name.h"

/* Fills *err for a reply whose status is not 200 or 206, and returns false. file NULL: it was about
 * the listing. */
bool hub_refusal(const struct hub_settings *settings, const struct hub_name *name, const char *file,
                 const struct hub_reply *reply, struct error *err);

#endif
