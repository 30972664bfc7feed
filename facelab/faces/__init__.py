"""From frame to face to vector: the face finder, HOG, centring, and the store of features."""
