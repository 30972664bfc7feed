"""The book where facelab is installed, as a plugin of pytest: our plugin, and the steps.

A wheel holds features, steps and fixtures beside this file. An editable installation has them at
the top of its clone, where they can be read and changed. ``pytest --pyargs facelab.book`` plays the
features; a ``conftest.py`` with ``pytest_plugins = ["facelab.book"]`` lends their steps to one's
own. PYTEST_DONT_REWRITE: there is nothing to assert here.
"""

from facelab.base.home import book

if str(book()) not in __path__:
    __path__.append(str(book()))  # the steps of a clone

pytest_plugins = ["facelab.plugin", "facelab.book.steps"]
