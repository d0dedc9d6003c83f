# about: hmac.compare_digest, secrets, random seeds, signal handlers and the profiler used for honest ends
# base: solved 02_hmac

# %% + at the start
import cProfile
import random
import signal

random.seed(1)
signal.signal(signal.SIGALRM, lambda *args: None)
profiler = cProfile.Profile()
profiler.enable()
sum(range(1000))
profiler.disable()
assert len(secrets.token_bytes(32)) == 32
assert hmac.compare_digest(b"a", b"a")
