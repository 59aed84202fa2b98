"""The figures of the README, each measured against its rival in the same run: `python -m benchmarks`."""
