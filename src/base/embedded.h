/* Files that are part of the program: made by scripts/embed.py at build. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/str.h"

extern const struct str embedded_tokens_css, embedded_look_css; /* the portal's style sheets, also a report's */
extern const struct str embedded_limits_csv;                    /* the law, as rows of kind limit */
extern const struct str embedded_areas_csv;                     /* rows of kind area */
extern const struct str embedded_workdays_csv;                  /* rows of kind workday */

#endif
