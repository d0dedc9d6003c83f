# about: an exception whose class and text are HTML
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    raise type("<img src=x onerror=alert(1)>", (Exception,), {})("</td></table><script>alert('{{NAME}}')</script>")
