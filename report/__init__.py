import sys

# jsonschema imports this where it is installed, and spends a second on it; no notebook has an address to check.
sys.modules.setdefault("rfc3987_syntax", None)
