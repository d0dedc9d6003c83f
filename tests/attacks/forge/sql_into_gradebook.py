# about: points are written into the gradebook by SQL
# base: student 01_encoding
# score: 0

# %% b64u_encode
import sqlite3

book = sqlite3.connect("{{GRADEBOOK}}", timeout=2)
tables = [name for (name,) in book.execute("select name from sqlite_master where type = 'table'")]
for table in tables:
    columns = [row[1] for row in book.execute(f"pragma table_info({table})")]
    for column in ("auto_score", "manual_score", "extra_credit"):
        if column in columns:
            book.execute(f"update {table} set {column} = 100")
book.commit()
book.close()
