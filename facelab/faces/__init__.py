"""From frame to face to vector, in NumPy and OpenCV; only `layers` imports TensorFlow."""
