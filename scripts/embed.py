#!/usr/bin/env python3
"""Writes a C file with the bytes of files as struct str constants: embed.py OUT.c NAME=PATH ..."""
import sys

out, pairs = sys.argv[1], [argument.split("=", 1) for argument in sys.argv[2:]]
with open(out, "w", encoding="ascii") as c:
    c.write('#include "base/embedded.h"\n')
    for name, path in pairs:
        with open(path, "rb") as file:
            data = file.read()
        c.write("\nstatic const unsigned char bytes_of_%s[] = {" % name)
        for start in range(0, len(data), 24):
            c.write("\n" + "".join("%d," % byte for byte in data[start:start + 24]))
        c.write("\n0};\nconst struct str %s = { (const char *)bytes_of_%s, %d };\n" % (name, name, len(data)))
