"""What can be wrong with a cluster."""


class ClusterError(Exception):
    """The cluster cannot grade, or no longer; the message says why and names the fix."""
