#!/usr/bin/env python3
"""The verifier against published examples and against trees built straight from the definitions."""
import base64
import hashlib
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verifier  # noqa: E402
from verifier import Refused, leaf_hash, node_hash  # noqa: E402

# The example of golang.org/x/mod/sumdb/note.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = ("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")


def root(leaves):
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:k]), root(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


def subproof(old, leaves, known):
    if old == len(leaves):
        return [] if known else [root(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return subproof(old, leaves[:k], known) + [root(leaves[k:])]
    return subproof(old - k, leaves[k:], False) + [root(leaves[:k])]


class Signatures(unittest.TestCase):
    def test_rfc_8032(self):
        for key, message, signature in [
                ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0"
                 "595bbe24655141438e7a100b"),
                ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2e"
                 "aeb4302aeeb00d291612bb0c00")]:
            key, message, signature = map(bytes.fromhex, (key, message, signature))
            self.assertTrue(verifier.ed25519_verify(key, message, signature))
            self.assertFalse(verifier.ed25519_verify(key, message + b"x", signature))
            for at in range(0, 64, 7):
                wrong = signature[:at] + bytes([signature[at] ^ 4]) + signature[at + 1:]
                self.assertFalse(verifier.ed25519_verify(key, message, wrong))
            answer = int.from_bytes(signature[32:], "little") + verifier.ORDER
            self.assertFalse(verifier.ed25519_verify(key, message, signature[:32] + answer.to_bytes(32, "little")))

    def test_notes(self):
        self.assertTrue(verifier.open_note(NOTE.encode(), KEY).startswith("If you think"))
        for wrong in (NOTE.replace("answer", "Answer"), NOTE[:-1], NOTE.replace("\n\n", "\n"), NOTE + "more\n", NOTE + "\n",
                      NOTE.replace("\u2014", "-"), NOTE.replace("PeterNeumann x08g", "PeterNeumann x08h"),
                      NOTE.replace(" is", "\t")):
            with self.assertRaises(Refused):
                verifier.open_note(wrong.encode(), KEY)
        with self.assertRaises(Refused):
            verifier.check_note(NOTE.encode(), KEY)
        with self.assertRaises(Refused):
            verifier.read_verifier_key(KEY.replace("Peter", "Petra"))


class Trees(unittest.TestCase):
    def setUp(self):
        self.entries = [bytes([i]) * (i % 5) for i in range(70)]
        self.leaves = [leaf_hash(entry) for entry in self.entries]

    def test_roots(self):
        self.assertEqual(base64.b64encode(verifier.root_of([])).decode(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        for size in range(71):
            self.assertEqual(verifier.root_of(self.entries[:size]), root(self.leaves[:size]))

    def test_inclusion(self):
        for size in range(1, 71, 3):
            whole = root(self.leaves[:size])
            for index in range(size):
                steps = path(index, self.leaves[:size])
                verifier.check_inclusion(index, size, self.leaves[index], steps, whole)
                for wrong in ((index, size, self.leaves[(index + 1) % 70], steps, whole),
                              (index, size, self.leaves[index], steps + [whole], whole),
                              (index, size, self.leaves[index], steps[:-1] or [whole], whole),
                              (size, size, whole, steps, whole)):
                    with self.assertRaises(Refused):
                        verifier.check_inclusion(*wrong)

    def test_consistency(self):
        for new in range(1, 71, 4):
            new_root = root(self.leaves[:new])
            for old in range(1, new):
                old_root = root(self.leaves[:old])
                steps = subproof(old, self.leaves[:new], True)
                verifier.check_consistency(old, new, old_root, new_root, steps)
                for wrong in ((old, new, old_root, new_root, steps[:-1]),
                              (old, new, old_root, new_root, steps + [old_root]),
                              (old, new, new_root, new_root, steps), (old, new, old_root, old_root, steps),
                              (new, old, new_root, old_root, steps)):
                    with self.assertRaises(Refused):
                        verifier.check_consistency(*wrong)
            verifier.check_consistency(new, new, new_root, new_root, [])
            verifier.check_consistency(0, new, root([]), new_root, [])
            with self.assertRaises(Refused):
                verifier.check_consistency(new, new, new_root, root([]), [])


if __name__ == "__main__":
    unittest.main()
