"""The Report, and the other output formats, which are made from Reports: one module for each."""
