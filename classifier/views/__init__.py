"""Pages about photos and taste. Each view fetches with an access check, calls a service, and renders."""
