"""Models of the peers that are Django applications. Only the benchmarks install this."""
