# about: markup of the library that prints the table: colours, links, broken tags
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
def json_loads_strict(data):
    raise ValueError("[/bold] [link=https://attacker.example]25 / 25[/link] [[ ]] [/] :smiley: {0} %s")
