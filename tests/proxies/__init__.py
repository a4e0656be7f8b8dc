"""The proxies of the guide, run as they are given, in front of the hub as production serves it."""
