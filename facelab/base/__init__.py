"""The base of every package: files, locks, progress, TOML, Ctrl-C, and OpenCV's start."""
