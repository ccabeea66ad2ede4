#!/usr/bin/env python3
"""Makes an account for each role of the sample, once, and prints how to sign in: sample_signins.py PROGRAM DIR

The passwords are by chance; they stand in DIR.signins, which only its owner may read."""
import json
import os
import pathlib
import secrets
import subprocess
import sys

PROGRAM, DIRECTORY = sys.argv[1], sys.argv[2].rstrip("/")
KEPT = pathlib.Path(DIRECTORY + ".signins")
ACCOUNTS = [("regulator", "regulator", None, "主管部门 regulator"),
            ("jia", "operator", "jia", "企业：甲电信 an operator"),
            ("yi", "operator", "yi", "企业：乙移动 another operator"),
            ("tester", "tester", None, "测试机构 a tester"),
            ("administrator", "administrator", None, "系统管理 the administrator")]


def mingbai(*arguments, input=None):
    return subprocess.run([PROGRAM, "--data", DIRECTORY, *arguments], input=input, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def number_of_a_person():
    """The number of somebody who complained."""
    for seq in range(2, 200):
        index = json.loads(mingbai("proof", "--source", "sample:complaint", "--seq", str(seq)))["index"]
        subject = json.loads(mingbai("entry", str(index)).splitlines()[0]).get("subscriber")
        if subject is not None:
            return mingbai("unseal", f"person:{subject}", "--why", "a sign-in of the sample").strip()
    return None


def number_with_use():
    """The number of somebody who was reminded last."""
    rows = mingbai("notices").splitlines()
    return json.loads(rows[-1])["subscriber"] if rows else None


if not KEPT.exists():
    signins = {"accounts": [], "number": number_of_a_person(), "with_use": number_with_use()}
    for name, role, operator, says in ACCOUNTS:
        password = secrets.token_urlsafe(9)
        mingbai("user", "add", name, "--role", role, *(["--operator", operator] if operator else []), input=password + "\n")
        signins["accounts"].append({"name": name, "password": password, "says": says})
    with os.fdopen(os.open(KEPT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(signins, file, ensure_ascii=False, indent=1)
signins = json.loads(KEPT.read_text(encoding="utf-8"))
print("登录 Sign in:")
for account in signins["accounts"]:
    print(f"  {account['name']:<14} {account['password']:<14} {account['says']}")
print(f"  {signins['number']:<29} 用户，投诉过：验证码写入 a person who complained: the code comes into {DIRECTORY}.spool.jsonl")
if signins.get("with_use"):
    print(f"  {signins['with_use']:<29} 用户，有用量和账单 a person with use and bills", flush=True)
