"""`equite` in integers: what each establishment may leave without a place before it costs more."""

import numpy as np

from solver.domain import Scenario
from solver.problem import Equity


def equity(scenario: Scenario) -> Equity:
    """Steps of the price of unplaced pupil-periods, by establishment."""
    index = {e.uai: i for i, e in enumerate(scenario.establishments)}
    total = np.zeros(len(index), np.int64)
    for period in scenario.periods:
        division = scenario.division_of[period.division]
        total[index[division.establishment]] += len(scenario.pupils_of[division.id])
    steps = scenario.prices.equity
    threshold = np.array([s.threshold_percent for s in steps], np.int64)
    surcharge = [scenario.prices.unplaced * s.surcharge_percent // 100 for s in steps]
    return Equity(
        allowance=(total[:, None] * threshold[None, :] // 100).astype(np.int32),
        surcharge=np.array(surcharge, np.int64),
    )
