# about: magics of IPython that run programs, load files and write JavaScript
# base: solved 01_encoding
# score: at most 25

# %% + before b64u_encode
%%bash
cat {{CANARY_FILE}}

# %% + before b64u_decode
%%javascript
alert('{{NAME}}')

# %% + before json_loads_strict
%load {{CANARY_FILE}}
%run {{CANARY_FILE}}
%%writefile {{OUTSIDE}}/{{NAME}}
{{BREACH}}

# %% + at the end
%reset -f
%xdel json_loads_strict
%config InteractiveShell.ast_node_interactivity = 'none'
