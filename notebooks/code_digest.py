"""A digest of the code that a result was computed by."""

import ast
from pathlib import Path

from namelib.files import sha256


def code_digest(root: Path, module: str) -> str:
    """A hash of a module under `root` and of all that it imports from there, at whatever remove.

    Code that is not imported, such as that of figures, does not change it.
    """
    sources, missing = dict[Path, bytes](), [module]
    while missing:
        path = root / missing.pop().replace(".", "/")
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.is_file() and path not in sources:
            sources[path] = path.read_bytes()
            for node in ast.walk(ast.parse(sources[path])):
                if isinstance(node, ast.Import):
                    missing += [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    missing += [
                        node.module,
                        *(f"{node.module}.{alias.name}" for alias in node.names),
                    ]
    listed = "".join(
        f"{path.relative_to(root).as_posix()} {sha256(sources[path])}\n" for path in sorted(sources)
    )
    return sha256(listed.encode())
