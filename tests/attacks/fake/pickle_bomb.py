# about: an object that runs a command when it is unpickled, and one when it is pickled or copied
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os


class Bomb:
    def __reduce_ex__(self, protocol):
        self.boom()
        return os.system, ("echo {{BREACH}} > {{OUTSIDE}}/{{NAME}}",)

    def __deepcopy__(self, memo):
        self.boom()

    __copy__ = __getstate__ = __deepcopy__

    def boom(self):
        open("{{OUTSIDE}}/{{NAME}}", "w").write("{{BREACH}}")


def b64u_encode(data):
    return Bomb()
