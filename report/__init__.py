import sys

import namelib  # noqa: F401, for its namelib.stopping

# jsonschema imports this if it is installed, which takes a second; no notebook has an address to
# check.
sys.modules.setdefault("rfc3987_syntax", None)
