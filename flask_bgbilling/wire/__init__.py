"""Bytes to and from a billing: operations as data, sessions, transport. No Flask, no tables of ours."""
