"""Grading on a cluster of Dask workers; only what is used with ``--cluster`` imports Dask."""
