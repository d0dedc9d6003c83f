# about: no error is ever shown, and check raises
# base: student 01_encoding
# score: 0

# %% b64u_encode
shell = get_ipython()
shell.showtraceback = lambda *args, **options: None
shell._showtraceback = lambda *args, **options: None
shell.showsyntaxerror = lambda *args, **options: None


def check(name):
    raise RuntimeError("nobody sees this")
