"""The entry under its former name: an editable installation keeps the name it was made with."""

from facelab.playing.entry import pytest_addoption as pytest_addoption
from facelab.playing.entry import pytest_load_initial_conftests as pytest_load_initial_conftests
