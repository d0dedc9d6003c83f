"""A tool by LTI 1.3: learning platforms send their learners here, and get their scores back.

A launch is a signed JWT, and the course's own module verifies it. The process that serves pages grades nothing.
"""
