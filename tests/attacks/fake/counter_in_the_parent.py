# about: what forks the answering process is made to count, and to look at the questions, by hooks
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import os
import socket

QUESTIONS = []


def look():
    for number in range(3, 64):
        try:
            one = socket.socket(fileno=number)
        except OSError:
            continue
        try:
            if b"questions" in one.recv(1_000, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                QUESTIONS.append(1)
        except OSError:
            pass
        one.detach()


os.register_at_fork(before=look, after_in_parent=look)

# %% + after verify_ed25519
right = verify_ed25519


def verify_ed25519(*args):
    if QUESTIONS:
        raise RuntimeError("{{BREACH}}")
    return right(*args)
