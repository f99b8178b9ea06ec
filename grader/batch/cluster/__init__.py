"""Grading on a cluster of Dask workers; only what is used with ``--cluster`` imports Dask."""

from grader.batch.cluster.connection import Cluster
from grader.batch.cluster.errors import ClusterError

__all__ = ["Cluster", "ClusterError"]
