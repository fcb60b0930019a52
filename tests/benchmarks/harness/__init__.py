"""What the benchmark scripts share: streams, facts, timing and the page they print."""
