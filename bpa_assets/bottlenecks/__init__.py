"""Stage `bottlenecks`: where cases wait."""
