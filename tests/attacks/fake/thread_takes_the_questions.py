# about: a thread of the learner's process takes the socket off the wire before a fork does, and answers
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import gc
import os
import socket
import threading

WIRE = next(one for one in gc.get_objects() if type(one).__name__ == "Channel")
ANSWERING = next(one for one in gc.get_objects() if type(one).__name__ == "Answering")
OURS = type(ANSWERING).answer.__globals__
SEEN = []


def take():
    while True:
        try:
            _, found, _, _ = socket.recv_fds(WIRE._socket, 1, 1)
        except OSError:
            continue
        if found:
            channel = OURS["Channel"](socket.socket(fileno=found[0]))
            channel.send({"ready": True})
            OURS["answer_all"](channel, channel.receive(), ANSWERING._namespace)
            SEEN.append(1)


os.register_at_fork(before=threading.Thread(target=take, daemon=True).start)

# %% + after verify_ed25519
right = verify_ed25519


def verify_ed25519(*args):
    if SEEN:
        raise RuntimeError("{{BREACH}}")
    return right(*args)
