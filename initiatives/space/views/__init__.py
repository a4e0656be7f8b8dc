"""The screens of the partner space, one module for each kind of work."""
