import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.move.AbstractMove;
import ai.timefold.solver.core.impl.heuristic.move.Move;
import ai.timefold.solver.core.impl.heuristic.selector.move.factory.MoveIteratorFactory;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * A unit leaves in another week and each of its parties takes the cheapest host that is free then.
 * Without it Timefold cannot move a calendar once the seats are full.
 */
public final class Resettle extends AbstractMove<Placements> {
    private final Placements.Unit unit;
    private final Integer week;

    Resettle(Placements.Unit unit, Integer week) {
        this.unit = unit;
        this.week = week;
    }

    @Override
    public boolean isMoveDoable(ScoreDirector<Placements> director) {
        return true;
    }

    @Override
    protected void doMoveOnGenuineVariables(ScoreDirector<Placements> director) {
        Placements plan = director.getWorkingSolution();
        int[] ids = plan.ledger.parties(unit.id);
        for (int q : ids) seat(director, plan.parties.get(q), null);
        if (!week.equals(unit.week)) {
            director.beforeVariableChanged(unit, "week");
            unit.week = week;
            director.afterVariableChanged(unit, "week");
        }
        for (int q : ids) {
            int host = plan.ledger.cheapest(q);
            if (host >= 0) seat(director, plan.parties.get(q), host);
        }
    }

    private static void seat(ScoreDirector<Placements> director, Placements.Party party, Integer host) {
        if (party.host == null && host == null) return;
        director.beforeVariableChanged(party, "host");
        party.host = host;
        director.afterVariableChanged(party, "host");
    }

    @Override
    public Move<Placements> rebase(ScoreDirector<Placements> director) {
        return new Resettle(director.lookUpWorkingObject(unit), week);
    }

    @Override
    public Collection<?> getPlanningEntities() {
        return List.of(unit);
    }

    @Override
    public Collection<?> getPlanningValues() {
        return List.of(week);
    }

    /** Any unit, any of its weeks. */
    public static final class Factory implements MoveIteratorFactory<Placements, Resettle> {
        @Override
        public long getSize(ScoreDirector<Placements> director) {
            return director.getWorkingSolution().units.stream().mapToLong(u -> u.weeks.size()).sum();
        }

        @Override
        public Iterator<Resettle> createOriginalMoveIterator(ScoreDirector<Placements> director) {
            return director.getWorkingSolution().units.stream()
                    .flatMap(u -> u.weeks.stream().map(w -> new Resettle(u, w)))
                    .iterator();
        }

        @Override
        public Iterator<Resettle> createRandomMoveIterator(ScoreDirector<Placements> director, Random random) {
            List<Placements.Unit> units = director.getWorkingSolution().units;
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return !units.isEmpty();
                }

                @Override
                public Resettle next() {
                    Placements.Unit unit = units.get(random.nextInt(units.size()));
                    return new Resettle(unit, unit.weeks.get(random.nextInt(unit.weeks.size())));
                }
            };
        }
    }
}
