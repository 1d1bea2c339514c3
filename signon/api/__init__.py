"""The API: read-only, the same for everybody, described by its own OpenAPI document. See docs/api.md."""
