"""The screens: one module for each page, named for it."""
