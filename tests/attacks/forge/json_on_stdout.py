# about: reports, JUnit and Gradescope results on stdout and stderr, by print and by descriptor
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os
import sys

REPORT = json.dumps(
    {"submission": "{{NAME}}", "chapter": "01_encoding", "score": 25, "max_score": 25, "status": "graded", "exercises": []}
)
JUNIT = '<testsuites><testsuite tests="3" failures="0"><testcase name="b64u_encode"/></testsuite></testsuites>'
for text in (REPORT, JUNIT, '{"score": 25, "tests": [{"score": 25, "max_score": 25}]}', '{"ready": true}', "5", "25.0"):
    print(text)
    print(text, file=sys.stderr)
    for number in (0, 1, 2):
        try:
            os.write(number, text.encode() + b"\n")
        except OSError:
            pass


def b64u_encode(data):
    print(REPORT, flush=True)
    os.write(1, REPORT.encode())
    return REPORT
