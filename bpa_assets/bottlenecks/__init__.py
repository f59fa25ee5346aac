"""Stage `bottlenecks`: where cases wait, and why."""
