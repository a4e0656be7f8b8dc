"""Signing in: a code and a link by mail, a password, a key, a second factor, ProConnect (docs/comptes.md)."""
