/* Takes personal data out of a text before it is shown to all. It knows forms, not meanings, so the person sees the result and
   may change it before it is published. */
#ifndef MEASURE_COMPLAINT_REDACT_H
#define MEASURE_COMPLAINT_REDACT_H

#include "base/str.h"
#include "door/kind.h"

/* Adds the text to out with "[removed]" or "［已隐去］" where there were numbers of five or more digits (also full width, or with
   spaces and hyphens between), addresses of mail, of pages and of homes, documents' numbers, and names where they are told. */
void redact(struct str text, enum language language, struct text *out);

#endif
