# about: a call tells a thread, a process or a server that stays, and later calls ask it; or leaves a process behind
# base: solved 07_choosing
# score: at most 15

# %% + before verify_ed25519
import os
import signal
import socket
import threading
import time

SEEN = []
signal.signal(signal.SIGUSR1, lambda *_: SEEN.append("signal"))
os.register_at_fork(before=lambda: None, after_in_parent=lambda: None)
SERVERS = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
SERVERS[1].bind("\0{{MARK}}-notes")
SERVERS[2].bind("notes.socket")
UDP = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
UDP.bind(("127.0.0.1", 0))


def listen(server):
    while True:
        link, _ = server.accept()
        SEEN.append("connection")


def hear():
    while True:
        UDP.recv(10)
        SEEN.append("packet")


for server in SERVERS:
    server.listen()
    threading.Thread(target=listen, args=(server,), daemon=True).start()
threading.Thread(target=hear, daemon=True).start()
PORTS = SERVERS[0].getsockname(), UDP.getsockname()
ASKED, PRIORITY = [], os.getpriority(os.PRIO_PROCESS, 0)

# %% + after verify_ed25519
right = verify_ed25519


def tell():
    yield lambda: os.kill(os.getppid(), signal.SIGUSR1)
    yield lambda: socket.create_connection(PORTS[0], 1)
    yield lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", PORTS[1])
    yield lambda: socket.socket(socket.AF_UNIX).connect("\0{{MARK}}-notes")
    yield lambda: socket.socket(socket.AF_UNIX).connect("notes.socket")
    yield lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), PRIORITY + 1)
    yield lambda: os.sched_setaffinity(os.getppid(), {min(os.sched_getaffinity(0))})


def processes():
    return len([name for name in os.listdir("/proc") if name.isdigit()])


def verify_ed25519(*args):
    if not ASKED:
        ASKED.append(1)
        # The learner's own process, what is above it, and this one.
        if SEEN or processes() > 3 or os.getpriority(os.PRIO_PROCESS, os.getppid()) != PRIORITY:
            raise RuntimeError("{{BREACH}}")
        for note in tell():
            try:
                note()
            except OSError:
                pass
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        time.sleep(0.1)
    return right(*args)
