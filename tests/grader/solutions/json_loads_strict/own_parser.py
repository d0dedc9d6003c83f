"""A parser of one's own, after the grammar of RFC 8259."""

import json
import re

SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
WORDS = {"true": True, "false": False, "null": None}


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def skip(self):
        self.at = SPACE.match(self.text, self.at).end()

    def take(self, pattern):
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def eat(self, letter):
        self.skip()
        if self.text[self.at : self.at + 1] != letter:
            return False
        self.at += 1
        return True

    def want(self, letter):
        if not self.eat(letter):
            raise ValueError(f"{letter} expected at {self.at}")

    def value(self):
        self.skip()
        if self.eat("{"):
            return self.members()
        if self.eat("["):
            return self.items()
        if found := self.take(STRING):
            return json.loads(found[0])
        if found := self.take(NUMBER):
            return float(found[0]) if found[1] or found[2] else int(found[0])
        for word, meaning in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        raise ValueError(f"no value at {self.at}")

    def items(self):
        items = []
        if self.eat("]"):
            return items
        while True:
            items.append(self.value())
            if self.eat("]"):
                return items
            self.want(",")

    def members(self):
        members = {}
        if self.eat("}"):
            return members
        while True:
            self.skip()
            found = self.take(STRING)
            if not found:
                raise ValueError(f"no name at {self.at}")
            name = json.loads(found[0])
            self.want(":")
            value = self.value()
            if name in members:
                raise ValueError(f"{name} again")
            members[name] = value
            if self.eat("}"):
                return members
            self.want(",")


def json_loads_strict(data):
    reader = Reader(data.decode("utf-8"))
    value = reader.value()
    reader.skip()
    if reader.at != len(reader.text):
        raise ValueError("something follows")
    return value
