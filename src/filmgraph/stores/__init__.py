"""Where facts are looked up: `base` says how, the others do it."""
