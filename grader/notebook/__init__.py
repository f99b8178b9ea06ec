"""Assignments as Jupyter notebooks: made from the stubs, worked in, and handed in."""
