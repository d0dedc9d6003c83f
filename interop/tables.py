def renewed(t, m): return t or "# x\n"
