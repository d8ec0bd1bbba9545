import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import java.util.List;

/** The placement problem as Timefold sees it: a week per unit, a host (or none) per party. */
@PlanningSolution
public class Placements {
    @PlanningEntityCollectionProperty public List<Unit> units;
    @PlanningEntityCollectionProperty public List<Party> parties;
    @PlanningScore public HardSoftLongScore score;
    public Instance instance;
    /** The counters of the running search, so that a move can see what is free. */
    public Ledger ledger;

    public Placements() {}

    /** Periods that leave together. */
    @PlanningEntity
    public static class Unit {
        @PlanningId public Integer id;
        @PlanningVariable(valueRangeProviderRefs = "weeks") public Integer week;
        public List<Integer> weeks;

        public Unit() {}

        @ValueRangeProvider(id = "weeks")
        public List<Integer> getWeeks() {
            return weeks;
        }
    }

    /** A pupil in a period, or a whole binôme. */
    @PlanningEntity
    public static class Party {
        @PlanningId public Integer id;
        @PlanningVariable(valueRangeProviderRefs = "hosts", allowsUnassigned = true) public Integer host;
        public List<Integer> hosts;

        public Party() {}

        @ValueRangeProvider(id = "hosts")
        public List<Integer> getHosts() {
            return hosts;
        }
    }
}
