#!/usr/bin/env python3
"""Makes files part of the program, as C.

embed.py OUT.c NAME=PATH ...            each file's bytes as a struct str of that name (base/embedded.h)
embed.py --web OUT.c OUT.d FOLDER [NAME=PATH ...]   the portal's pages (portal/static.h): every file of a folder, and files from
                                        elsewhere under a name of their own; OUT.d tells ninja on what this depends"""
import gzip
import hashlib
import json
import os
import re
import sys

TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
    ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2",
}


def bytes_of(name, data):
    lines = "".join("\n" + "".join("%d," % byte for byte in data[start:start + 24]) for start in range(0, len(data), 24))
    return "\nstatic const unsigned char %s[] = {%s\n0};\n" % (name, lines)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def embed(out, pairs):
    with open(out, "w", encoding="ascii") as c:
        c.write('#include "base/embedded.h"\n')
        for name, path in pairs:
            data = read(path)
            c.write(bytes_of("bytes_of_" + name, data))
            c.write("const struct str %s = { (const char *)bytes_of_%s, %d };\n" % (name, name, len(data)))


def files_of(folder):
    """Names with their paths, and all folders, which change when a file comes or goes."""
    files, folders = {}, []
    for here, below, names in os.walk(folder):
        below.sort()
        folders.append(here)
        for name in names:
            if os.path.splitext(name)[1] in TYPES:
                path = os.path.join(here, name)
                files["/" + os.path.relpath(path, folder).replace(os.sep, "/")] = path
    return files, folders


def embed_web(out, dependencies, folder, pairs):
    files, folders = files_of(folder)
    files.update((name, path) for name, path in pairs if os.path.exists(path))
    contents = {name: read(path) for name, path in files.items()}
    page = contents["/index.html"]
    contents["/en/index.html"] = page.replace(b'<html lang="zh-CN">', b'<html lang="en">', 1)
    if contents["/en/index.html"] == page:
        sys.exit('web/index.html must have <html lang="zh-CN">: the English pages are made from it')
    patterns = [entry["path"] for entry in json.loads(contents["/pages.json"])]
    with open(out, "w", encoding="ascii") as c:
        c.write('#include "portal/static.h"\n')
        rows = []
        for number, name in enumerate(sorted(contents, key=str.encode)):
            data = contents[name]
            packed = gzip.compress(data, 9, mtime=0)
            if len(packed) >= len(data):
                packed = b""
            c.write(bytes_of("plain_%d" % number, data) + bytes_of("packed_%d" % number, packed))
            rows.append('    { "%s", "%s", "%s", { (const char *)plain_%d, %d }, { (const char *)packed_%d, %d } },\n' % (
                re.sub(r'[^ -~]|["\\]', "_", name), TYPES[os.path.splitext(name)[1]], hashlib.sha256(data).hexdigest()[:16], number, len(data),
                number, len(packed)))
        c.write("\nconst struct web_file web_files[] = {\n%s};\nconst size_t web_file_count = %d;\n" % ("".join(rows), len(rows)))
        c.write("const char *const web_pages[] = { %s };\nconst size_t web_page_count = %d;\n" % (
            ", ".join(json.dumps(pattern) for pattern in patterns), len(patterns)))
    with open(dependencies, "w", encoding="utf-8") as made:
        made.write("%s: %s\n" % (out, " ".join(path.replace(" ", "\\ ") for path in list(files.values()) + folders)))


def pairs_of(arguments):
    return [argument.split("=", 1) for argument in arguments]


if sys.argv[1] == "--web":
    embed_web(sys.argv[2], sys.argv[3], sys.argv[4], pairs_of(sys.argv[5:]))
else:
    embed(sys.argv[1], pairs_of(sys.argv[2:]))
