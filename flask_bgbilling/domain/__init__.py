"""Decisions. Plain classes that get everything passed in; no Flask, no HTTP of their own."""
