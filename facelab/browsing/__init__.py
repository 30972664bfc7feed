"""Browsing: the book played in a real browser, on facelab's page and on a stranger's."""
