"""The slice of France, for the tests of this folder."""

from tests.territories.sample import sample_territories

__all__ = ["sample_territories"]
