"""The mutants, by where the fault sits; ids as in the benchmark, N for those that we added."""

from __future__ import annotations

from tests.power.mutant import Catalogue
from tests.power.mutants import answers, data, frames, head, history, judges, loop

MUTANTS = Catalogue()
for module in (frames, data, head, loop, history, answers, judges):
    for mutant in module.MUTANTS.values():
        MUTANTS.define(mutant)
