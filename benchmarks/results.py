"""Writes what was measured to a file and to the screen."""

import json
import sys
from pathlib import Path


def report(result: dict, show, default: str) -> None:
    """Keep the result as JSON at the path of the command line, else at the default, and print its tables."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else default)
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    show(result)
    print(f"\nAll of it: {target}")
