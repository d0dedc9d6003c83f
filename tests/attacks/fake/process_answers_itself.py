# about: the learner's process answers itself, in place of the forks that are forgotten, and keeps what it was asked
# base: solved 07_choosing
# score: at most 8
# exercise: verify_ed25519 crashed

# %% + before verify_ed25519
import gc
import socket

ANSWERING = next(one for one in gc.get_objects() if type(one).__name__ == "Answering")
OURS = type(ANSWERING).answer.__globals__
SEEN = []


def answer(self, checker):
    channel = OURS["Channel"](socket.socket(fileno=checker.receive_descriptor()))
    channel.send({"ready": True})
    OURS["answer_all"](channel, channel.receive(), self._namespace)
    SEEN.append(1)


type(ANSWERING).answer = answer

# %% + after verify_ed25519
right = verify_ed25519


def verify_ed25519(*args):
    if SEEN:
        raise RuntimeError("{{BREACH}}")
    return right(*args)
