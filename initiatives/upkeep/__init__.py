"""Keeping published sheets true: confirmation, archives, errors readers report, parts that partners confirm."""
