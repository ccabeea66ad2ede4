/* The few rules of a report beyond the product's own style sheets. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

extern const char report_style[];

#endif
