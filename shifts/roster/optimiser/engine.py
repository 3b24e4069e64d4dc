"""A linear program, solved by HiGHS: built row by row, then asked again and again with other bounds and costs."""

import math
import time

import numpy
from highspy import HighsLp, HighsModelStatus, HighsVarType, MatrixFormat, _core

INFINITE = math.inf
FEASIBLE_POINT = 2
SECONDS_BETWEEN_QUESTIONS = 0.3  # whether to stop: asking may cost a query
NEARLY = 1e-6  # how far from a whole number the engine's answers may lie


class Undecided(Exception):
    """The engine reached its limit of work before it knew."""


class Stopped(Exception):
    """Somebody asked the engine to stop."""


class Program:
    """Columns with bounds and costs, rows with bounds, and the engine that keeps its place between questions."""

    def __init__(self, *, node_limit=2_000, iteration_limit=2_000_000, stop=None):
        self.lower, self.upper, self.cost, self.whole = [], [], [], []
        self.row_lower, self.row_upper, self.starts, self.index, self.value = [], [], [0], [], []
        self.node_limit, self.iteration_limit = node_limit, iteration_limit
        self.engine, self.stop, self._asked = None, stop, 0.0

    def column(self, lower=0, upper=1, cost=0.0, *, whole=True):
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, lower, upper, entries):
        """Add lower <= sum of entries <= upper; entries are (column, factor)."""
        for column, factor in entries:
            self.index.append(column)
            self.value.append(factor)
        self.starts.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1

    def start(self):
        """Hand everything to a fresh engine; rows and columns are fixed from here on, bounds and costs are not."""
        # The plain class underneath: the other one prints its name on standard output.
        self.engine = _core._Highs()
        for name, value in {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": NEARLY,
            "mip_max_nodes": self.node_limit,
            "simplex_iteration_limit": self.iteration_limit,
        }.items():
            self.engine.setOptionValue(name, value)
        if self.stop:
            self.engine.setCallback(self._interrupt, None)
            kinds = _core.cb.HighsCallbackType
            for kind in (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt):
                self.engine.startCallback(kind)
        self.engine.passModel(self._as_lp())
        self._integer = False
        return self

    def _interrupt(self, kind, message, output, answer, own):
        if time.monotonic() - self._asked > SECONDS_BETWEEN_QUESTIONS:
            self._asked = time.monotonic()
            answer.user_interrupt = bool(self.stop())

    def _as_lp(self):
        lp = HighsLp()
        lp.num_col_, lp.num_row_ = len(self.lower), len(self.row_lower)
        lp.col_cost_ = numpy.array(self.cost, dtype=float)
        lp.col_lower_, lp.col_upper_ = numpy.array(self.lower, dtype=float), numpy.array(self.upper, dtype=float)
        lp.row_lower_ = numpy.array(self.row_lower, dtype=float)
        lp.row_upper_ = numpy.array(self.row_upper, dtype=float)
        lp.a_matrix_.format_ = MatrixFormat.kRowwise
        lp.a_matrix_.start_ = numpy.array(self.starts)
        lp.a_matrix_.index_ = numpy.array(self.index, dtype=numpy.int32)
        lp.a_matrix_.value_ = numpy.array(self.value, dtype=float)
        return lp

    def late_column(self, lower, upper, entries):
        """Add a column to a started program; entries are (row, factor)."""
        rows = numpy.array([row for row, _factor in entries], dtype=numpy.int32)
        factors = numpy.array([factor for _row, factor in entries], dtype=float)
        self.engine.addCol(0.0, float(lower), float(upper), len(entries), rows, factors)
        return self.column(lower, upper, whole=False)

    def bound_row(self, row, lower, upper):
        self.row_lower[row], self.row_upper[row] = lower, upper
        if self.engine:
            self.engine.changeRowBounds(row, float(lower), float(upper))

    def set_costs(self, costs):
        """Make these the costs, {column: cost}; all others are 0."""
        everything = numpy.zeros(len(self.lower))
        for column, cost in costs.items():
            everything[column] = cost
        self.engine.changeColsCost(len(everything), numpy.arange(len(everything), dtype=numpy.int32), everything)

    def relaxed(self):
        """(cost, values) of the cheapest fractional solution, or None if there is none at all."""
        self._integrality(False)
        return self._run()

    def cheapest(self):
        """(cost, values) of the cheapest whole solution, or None; raise Undecided at the limit of work.

        The rules of most rosters are a network, in which the fractional problem already has a whole solution.
        """
        found = self.relaxed()
        if found is None or self._is_whole(found[1]):
            return found
        self._integrality(True)
        return self._run()

    def best_met(self):
        """Values of the best whole solution met before the limit; raise Undecided where there was none."""
        if self.engine.getInfo().primal_solution_status != FEASIBLE_POINT:
            raise Undecided
        return numpy.array(self.engine.getSolution().col_value)

    def proven_bound(self):
        """No whole solution costs less than this; asked after `cheapest`, also one that ended undecided."""
        return self.engine.getInfo().mip_dual_bound

    def _is_whole(self, values):
        whole = numpy.array(self.whole, dtype=bool)
        return bool((abs(values - numpy.round(values))[whole] < NEARLY).all())

    def _integrality(self, wanted):
        if self._integer == wanted:
            return
        integer, continuous = int(HighsVarType.kInteger), int(HighsVarType.kContinuous)
        kinds = numpy.array([integer if wanted and whole else continuous for whole in self.whole], dtype=numpy.uint8)
        self.engine.changeColsIntegrality(len(kinds), numpy.arange(len(kinds), dtype=numpy.int32), kinds)
        self._integer = wanted

    def _run(self):
        self.engine.run()
        status = self.engine.getModelStatus()
        if status == HighsModelStatus.kModelEmpty:
            # Without columns the engine does not look at the rows.
            possible = all(low <= 0 <= high for low, high in zip(self.row_lower, self.row_upper, strict=True))
            return (0.0, numpy.zeros(0)) if possible else None
        if status in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if status == HighsModelStatus.kInterrupt:
            raise Stopped
        if status != HighsModelStatus.kOptimal:
            raise Undecided(str(status))
        return self.engine.getInfo().objective_function_value, numpy.array(self.engine.getSolution().col_value)
