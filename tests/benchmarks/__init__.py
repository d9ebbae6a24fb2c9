"""How fast it trains, beside the plain ways: `make bench`; see README.md."""
