"""Whatever runs the simulator: single runs with their replications, many points of them, and the checks before them."""
