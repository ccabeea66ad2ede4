#!/usr/bin/env python3
"""Checks a ledger from outside, from the published standards alone: C2SP signed notes and tlog-checkpoints, RFC 6962 trees,
the proofs of RFC 9162, Ed25519 of RFC 8032. Nothing here knows the program.

By hand:
    verifier.py note VERIFIER_KEY NOTE                     the checkpoint's size and root, if its signature is right
    verifier.py inclusion VERIFIER_KEY NOTE PROOF [ENTRY]  PROOF as `mingbai proof --index` prints it; ENTRY: the raw bytes
    verifier.py consistency VERIFIER_KEY OLD_NOTE NEW_NOTE PROOF
    verifier.py root VERIFIER_KEY NOTE ENTRY...            the root over the raw entries, in their order
    verifier.py ledger VERIFIER_KEY NOTE FOLDER            the same, over the segments in a ledger's folder
All but the key are files. Exit 0 and a line starting with `ok`, or exit 1 and what is wrong."""
import base64
import binascii
import hashlib
import json
import pathlib
import sys


class Refused(Exception):
    """What is wrong with what was to be checked."""


# Ed25519, RFC 8032, section 5.1.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add_points(a, b):
    """In extended coordinates (X, Y, Z, T)."""
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three = 2 * a[3] * b[3] * D % P
    four = 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply_point(number, point):
    product = (0, 1, 1, 0)
    while number:
        if number & 1:
            product = add_points(product, point)
        point = add_points(point, point)
        number >>= 1
    return product


def same_point(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def read_point(encoded):
    y = int.from_bytes(encoded, "little")
    sign = y >> 255
    y &= 2**255 - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_verify(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = read_point(public_key), read_point(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if not key or not commitment or answer >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return same_point(multiply_point(answer, BASE), add_points(commitment, multiply_point(challenge, key)))


# Signed notes and checkpoints, c2sp.org/signed-note and c2sp.org/tlog-checkpoint.

def decode(text, what, length=None):
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{what} is not base64") from None
    if base64.b64encode(decoded).decode() != text or length not in (None, len(decoded)):
        raise Refused(f"{what} is not as it should be")
    return decoded


def read_verifier_key(text):
    """Name, key hash and public key."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not parts[0] or " " in parts[0]:
        raise Refused("the verifier key is not NAME+HASH+KEY")
    typed = decode(parts[2], "the verifier key", 33)
    if typed[0] != 1:
        raise Refused("the verifier key is not for Ed25519")
    key_hash = hashlib.sha256(parts[0].encode() + b"\n" + typed).digest()[:4]
    if key_hash.hex() != parts[1]:
        raise Refused("the verifier key's hash is not that of its name and key")
    return parts[0], key_hash, typed[1:]


def open_note(note, verifier_key):
    """The text of a note on which the key's signature is right."""
    name, key_hash, public_key = read_verifier_key(verifier_key)
    try:
        whole = note if isinstance(note, str) else note.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("the note is not UTF-8") from None
    if any(character < " " and character != "\n" for character in whole):
        raise Refused("the note has control characters")
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise Refused("the note has no signatures under a blank line")
    text += "\n"
    verified = False
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014" or not words[1] or "+" in words[1]:
            raise Refused(f"no signature line: {line!r}")
        signature = decode(words[2], "a signature")
        if len(signature) < 5:
            raise Refused("a signature is too short")
        if words[1] == name and signature[:4] == key_hash:
            if not ed25519_verify(public_key, text.encode("utf-8"), signature[4:]):
                raise Refused("the signature is wrong")
            verified = True
    if not verified:
        raise Refused("no signature of this key")
    return text


def check_note(note, verifier_key):
    """Size and root of a checkpoint, given as bytes or text."""
    lines = open_note(note, verifier_key).split("\n")[:-1]
    if len(lines) < 3 or "" in lines:
        raise Refused("a checkpoint is origin, size and root")
    if lines[0] != read_verifier_key(verifier_key)[0]:
        raise Refused("the checkpoint's origin is not the key's name")
    if not (lines[1].isascii() and lines[1].isdigit()) or str(int(lines[1])) != lines[1]:
        raise Refused("the checkpoint's size is no number")
    return int(lines[1]), decode(lines[2], "the root", 32)


# Trees: RFC 6962, section 2.1.

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(entries):
    """The root over raw entries, in their order; any iterable."""
    stack = []  # (leaves, hash), each over fewer leaves than the one before
    for entry in entries:
        leaves, node = 1, leaf_hash(entry)
        while stack and stack[-1][0] == leaves:
            node = node_hash(stack.pop()[1], node)
            leaves *= 2
        stack.append((leaves, node))
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack.pop()[1]
    while stack:
        root = node_hash(stack.pop()[1], root)
    return root


# Proofs: RFC 9162, sections 2.1.3.2 and 2.1.4.2. True, or Refused is raised.

def check_inclusion(index, size, leaf, path, root):
    if not 0 <= index < size:
        raise Refused("the index is not within the tree")
    node, last, result = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Refused("the path is too long")
        if node & 1 or node == last:
            result = node_hash(step, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = node_hash(result, step)
        node >>= 1
        last >>= 1
    if last or result != root:
        raise Refused("the path does not lead to the root")
    return True


def check_consistency(old_size, new_size, old_root, new_root, path):
    if not 0 <= old_size <= new_size:
        raise Refused("a tree does not shrink")
    if old_size in (0, new_size):
        if path or (old_size == new_size and old_root != new_root):
            raise Refused("the trees are not the same")
        return True
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise Refused("the path is empty")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            raise Refused("the path is too long")
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        node >>= 1
        last >>= 1
    if last or old != old_root:
        raise Refused("the path does not lead to the old root")
    if new != new_root:
        raise Refused("the path does not lead to the new root")
    return True


# What the program prints.

def check_inclusion_proof(proof, note, verifier_key, entry=None):
    """A proof as printed (a dict), against a checkpoint, and the raw entry where it is given."""
    size, root = check_note(note, verifier_key)
    leaf = decode(proof["leaf"], "the leaf", 32)
    if proof["size"] != size:
        raise Refused(f"the proof is for size {proof['size']}, the checkpoint for {size}")
    if entry is not None and leaf_hash(entry) != leaf:
        raise Refused("the leaf is not that of the entry")
    check_inclusion(proof["index"], size, leaf, [decode(step, "a step", 32) for step in proof["path"]], root)


def check_consistency_proof(proof, old_note, new_note, verifier_key):
    old_size, old_root = check_note(old_note, verifier_key)
    new_size, new_root = check_note(new_note, verifier_key)
    if (proof["from"], proof["to"]) != (old_size, new_size):
        raise Refused("the proof is not between these checkpoints")
    check_consistency(old_size, new_size, old_root, new_root, [decode(step, "a step", 32) for step in proof["path"]])


def segment_entries(folder):
    """The raw entries in a ledger's segments, in order: frames of u32 length, u32 checksum, u8 type, body."""
    for path in sorted(pathlib.Path(folder).glob("*.segment")):
        data = path.read_bytes()
        at = 0
        while at + 9 <= len(data):
            length = int.from_bytes(data[at:at + 4], "little")
            if data[at + 8:at + 9] not in (b"E", b"C") or at + 9 + length > len(data):
                break
            if data[at + 8:at + 9] == b"E":
                yield data[at + 9:at + 9 + length]
            at += 9 + length


def check_root(entries, note, verifier_key):
    """Takes no more entries than the checkpoint covers."""
    size, root = check_note(note, verifier_key)
    taken = [entry for _, entry in zip(range(size), entries)]
    if len(taken) != size:
        raise Refused(f"the checkpoint covers {size} entries, {len(taken)} are there")
    if root_of(taken) != root:
        raise Refused("the root over the entries is another")
    return size, root


def main(arguments):
    def read(path):
        return pathlib.Path(path).read_bytes()

    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    command, key, note, *rest = arguments
    try:
        if command == "inclusion":
            check_inclusion_proof(json.loads(read(rest[0])), read(note), key, *map(read, rest[1:2]))
        elif command == "consistency":
            check_consistency_proof(json.loads(read(rest[1])), read(note), read(rest[0]), key)
            note = rest[0]
        elif command == "root":
            check_root(map(read, rest), read(note), key)
        elif command == "ledger":
            check_root(segment_entries(rest[0]), read(note), key)
        elif command != "note":
            print(__doc__, file=sys.stderr)
            return 2
        size, root = check_note(read(note), key)
        print("ok", size, base64.b64encode(root).decode())
        return 0
    except Refused as refused:
        print("refused:", refused)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
