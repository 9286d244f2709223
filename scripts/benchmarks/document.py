# document.py: puts tables between the markers of a Markdown file.
# A section is what stands between <!-- NAME:begin --> and <!-- NAME:end -->; everything else stays as it is.

import pathlib
import re
import sys


def replace(path, sections):
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8")
    for name, body in sections.items():
        pattern = re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        # A function, as the body may hold backslashes.
        text, count = pattern.subn(lambda match: f"{match[1]}\n{body}\n\n{match[2]}", text)
        if count != 1:
            sys.exit(f"error: {path} has {count} sections {name}, not one. Restore its markers.")
    path.write_text(text, encoding="utf-8")
