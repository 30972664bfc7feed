"""The mutants, by where the fault sits.

Ids as in the benchmark; N for those that we added, S for those invented before the code was read.
"""

from __future__ import annotations

from tests.power.mutant import Catalogue
from tests.power.mutants import (
    answer_path,
    answers,
    batches,
    data,
    frames,
    head,
    history,
    interruption,
    judges,
    live_count,
    loop,
    replication,
    reported,
    roles,
    schedules,
    strangers,
)

LISTED = (frames, data, head, loop, history, answers, judges)
INVENTED = (
    live_count,
    interruption,
    schedules,
    batches,
    reported,
    answer_path,
    roles,
    replication,
    strangers,
)

MUTANTS = Catalogue()
for module in (*LISTED, *INVENTED):
    for mutant in module.MUTANTS.values():
        MUTANTS.define(mutant)
