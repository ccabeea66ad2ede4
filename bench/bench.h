/* What the benches share: a clock, a scratch folder, and one form of result line. A bench prints JSON lines that bench/run.py
   turns into a table: what is measured, ours, a peer or floor from the same run, and the ratio, which alone counts. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>

#include "base/error.h"

/* Seconds of a clock that only rises. */
double bench_seconds(void);
/* A new folder under $TMPDIR or /tmp; ends the program where none can be made. */
void bench_folder(char path[256]);
void bench_remove(const char *path);
/* One line of the table. floor 0: there is none. bar is what is aimed at, in words (">= 0.8 of the floor"); "": nothing is. */
void bench_line(const char *what, double ours, double floor, const char *floor_what, const char *unit, const char *bar);
/* Ends the program with the error where done is false. */
void bench_must(bool done, const struct error *error);

#endif
