"""The revisions, in order; each file is named by its number and what it brings."""
