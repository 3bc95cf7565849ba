"""Tries logbucket in a real AWS account, and cleans up after itself. See docs/live.md."""
