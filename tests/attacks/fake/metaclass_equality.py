# about: a class whose metaclass claims to be every type, so that `type(x) is str` is all that helps
# base: student 01_encoding
# score: 0

# %% b64u_encode
class Meta(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(str)

    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True

    __name__ = "str"


class Answer(str, metaclass=Meta):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__


def b64u_encode(data):
    return Answer("anything")
