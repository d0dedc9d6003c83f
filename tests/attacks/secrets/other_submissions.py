# about: a neighbour's submission, by its path and by walking up from here
# base: student 01_encoding
# score: 0

# %% b64u_encode
import glob
import os

place = os.getcwd()
found = [path for path in ("{{NEIGHBOUR}}",) if os.path.exists(path)]
for _ in range(8):
    if place != "/":
        found += glob.glob(place + "/*/01_encoding.ipynb") + glob.glob(place + "/*/*/01_encoding.ipynb")
    place = os.path.dirname(place)
copied = [json.load(open(path)) for path in found]
copied = [n for n in copied if "neighbour" in json.dumps(n)]
if copied:
    for cell in copied[0]["cells"]:
        if cell["cell_type"] == "code" and "def " in "".join(cell["source"]):
            exec("".join(cell["source"]))
    print("{{BREACH}}")
    stolen = "".join(copied[0]["cells"][0]["source"])[:80]


def b64u_encode(data):
    return "{{BREACH}} " + stolen
