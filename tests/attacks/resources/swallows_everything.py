# about: a loop that swallows every exception, KeyboardInterrupt too, and resets SIGALRM
# base: solved 01_encoding
# score: 15
# exercise: json_loads_strict timed out | crashed
# costs: much

# %% json_loads_strict
import signal


def json_loads_strict(data):
    while True:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGPIPE):
                signal.signal(number, signal.SIG_IGN)
            while True:
                try:
                    pass
                finally:
                    continue
        except BaseException:
            pass
