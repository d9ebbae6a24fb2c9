import sys

# jsonschema imports this if it is installed, which takes a second; no notebook has an address to check.
sys.modules.setdefault("rfc3987_syntax", None)
