"""Live cameras: filming people, and counting them with a classifier."""
