# about: files that graders read, written where they look for them
# base: student 01_encoding
# score: 0

# %% b64u_encode
import os

for folder in (".", "..", "/autograder/results", "/tmp", "{{OUT}}", "{{OUT}}/reports", "{{SUBMISSIONS}}", "{{OUTSIDE}}"):
    for name in ("results.json", "report.json", "test-results.xml", "summary.csv", ".OTTER_LOG", "score.txt"):
        try:
            open(os.path.join(folder, name), "w").write('{"score": 25} {{BREACH}}')
        except OSError:
            pass
