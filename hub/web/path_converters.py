"""Parts of addresses. Import this module before naming them in a ``path``."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """The key of a row, ``<key:pk>``: no more digits than a database keeps, or the address is nobody's (404)."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")
