"""The page: people film themselves in a browser, train, watch the curves, and ask.

The server keeps the photos, trains with TensorFlow, and answers frames; `site/` is what the browser
runs.
"""
