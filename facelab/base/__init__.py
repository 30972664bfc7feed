"""What every room stands on: files, progress, TOML, Ctrl-C, and OpenCV's start."""
