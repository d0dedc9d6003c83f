"""Speed, always against peers in the same run: `python -m benchmarks [tokens|all] [--quick]`."""
