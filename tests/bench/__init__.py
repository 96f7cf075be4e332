"""The benchmarks: the figures the hub has to reach, measured on the real stacks of the scenario tests."""
