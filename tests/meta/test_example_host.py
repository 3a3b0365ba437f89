"""The example host is a host like any other: it knows public names only."""

import ast
from pathlib import Path

import flask_bgbilling

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC_MODULES = {"flask_bgbilling.ports", "flask_bgbilling.errors", "flask_bgbilling.hookspecs"}


def test_it_uses_public_names_only() -> None:
    private = []
    for path in sorted((ROOT / "example_host").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                private += [(path.name, alias.name) for alias in node.names if alias.name.startswith("flask_bgbilling")]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flask_bgbilling":
                public = node.module in PUBLIC_MODULES
                names = {alias.name for alias in node.names} - set(flask_bgbilling.__all__)
                if not public and (node.module != "flask_bgbilling" or names):
                    private.append((path.name, node.module or ""))
            elif isinstance(node, ast.Subscript) and ast.unparse(node).endswith("extensions['bgbilling']"):
                private.append((path.name, ast.unparse(node)))
    assert private == []
