# about: a cell displays HTML, JavaScript, SVG and a widget
# base: solved 01_encoding
# score: 25

# %% + before b64u_encode
from IPython.display import HTML, SVG, Javascript, Markdown, display

display(HTML("<script>alert('{{NAME}}')</script><img src=x onerror=alert('{{NAME}}')>"))
display(Javascript("alert('{{NAME}}')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('{{NAME}}')\"><script>alert(1)</script></svg>"))
display(Markdown("[x](javascript:alert('{{NAME}}')) <iframe srcdoc='<script>alert(1)</script>'></iframe>"))
display({"application/vnd.jupyter.widget-view+json": {"model_id": "<script>"}, "text/html": "<script>alert(2)</script>"}, raw=True)
