import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicPhaseConfig;
import ai.timefold.solver.core.config.constructionheuristic.placer.QueuedEntityPlacerConfig;
import ai.timefold.solver.core.config.heuristic.selector.entity.EntitySelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.MoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.composite.UnionMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.factory.MoveIteratorFactoryConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.ChangeMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.SwapMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.value.ValueSelectorConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchPhaseConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchType;
import ai.timefold.solver.core.config.localsearch.decider.acceptor.LocalSearchAcceptorConfig;
import ai.timefold.solver.core.config.localsearch.decider.forager.LocalSearchForagerConfig;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import ai.timefold.solver.core.config.solver.termination.TerminationConfig;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Main INSTANCE OUTPUT MILLISECONDS SEED SEARCH RESETTLE_SHARE MOVES (0: as the time allows). */
public final class Main {
    public static void main(String[] arguments) throws Exception {
        Instance instance = new Instance(Path.of(arguments[0]));
        Path output = Path.of(arguments[1]);
        Duration limit = Duration.ofMillis(Long.parseLong(arguments[2]));
        long seed = Long.parseLong(arguments[3]);
        String acceptor = arguments[4];
        double resettle = Double.parseDouble(arguments[5]);
        long most = Long.parseLong(arguments[6]);

        List<MoveSelectorConfig> moves = new ArrayList<>(List.of(
                change("Party").withFixedProbabilityWeight((1 - resettle) * 0.6),
                new SwapMoveSelectorConfig()
                        .withEntitySelectorConfig(new EntitySelectorConfig(Placements.Party.class))
                        .withFixedProbabilityWeight((1 - resettle) * 0.4)));
        moves.add(resettle > 0
                ? new MoveIteratorFactoryConfig()
                        .withMoveIteratorFactoryClass(Resettle.Factory.class)
                        .withFixedProbabilityWeight(resettle)
                : change("Unit").withFixedProbabilityWeight(0.1));
        SolverConfig config = new SolverConfig()
                .withSolutionClass(Placements.class)
                .withEntityClasses(Placements.Unit.class, Placements.Party.class)
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT)
                .withRandomSeed(seed)
                .withScoreDirectorFactory(
                        new ScoreDirectorFactoryConfig().withIncrementalScoreCalculatorClass(Ledger.class))
                .withTerminationSpentLimit(limit)
                .withPhases(
                        construct(Placements.Unit.class, "week"),
                        construct(Placements.Party.class, "host"),
                        search(acceptor)
                                .withTerminationConfig(
                                        most > 0 ? new TerminationConfig().withMoveCountLimit(most) : null)
                                .withMoveSelectorConfig(new UnionMoveSelectorConfig(moves)));
        Solver<Placements> solver = SolverFactory.<Placements>create(config).buildSolver();
        List<String> curve = new ArrayList<>();
        HardSoftLongScore[] told = {null};
        solver.addEventListener(event -> {
            if (!event.isNewBestSolutionInitialized()) return;
            HardSoftLongScore score = (HardSoftLongScore) event.getNewBestScore();
            if (told[0] == null || score.compareTo(told[0]) > 0) {
                told[0] = score;
                curve.add(event.getTimeMillisSpent() + " " + score.hardScore() + " " + score.softScore());
            }
        });
        Placements best = solver.solve(plan(instance));
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(output))) {
            out.println(best.score.hardScore() + " " + best.score.softScore());
            for (Placements.Unit u : best.units) out.print((u.week == null ? -1 : u.week) + " ");
            out.println();
            for (Placements.Party q : best.parties)
                out.print((q.host == null ? -1 : instance.row(q.id, q.host)) + " ");
            out.println();
            curve.forEach(out::println);
        }
    }

    /** A named search, or annealing from so many points: `annealing:400`. */
    private static LocalSearchPhaseConfig search(String acceptor) {
        if (!acceptor.startsWith("annealing:"))
            return new LocalSearchPhaseConfig().withLocalSearchType(LocalSearchType.valueOf(acceptor));
        String heat = acceptor.substring("annealing:".length());
        return new LocalSearchPhaseConfig()
                .withAcceptorConfig(new LocalSearchAcceptorConfig()
                        .withSimulatedAnnealingStartingTemperature("0hard/" + heat + "soft"))
                .withForagerConfig(new LocalSearchForagerConfig().withAcceptedCountLimit(1));
    }

    private static ChangeMoveSelectorConfig change(String entity) {
        boolean unit = entity.equals("Unit");
        return new ChangeMoveSelectorConfig()
                .withEntitySelectorConfig(
                        new EntitySelectorConfig(unit ? Placements.Unit.class : Placements.Party.class))
                .withValueSelectorConfig(new ValueSelectorConfig(unit ? "week" : "host"));
    }

    private static ConstructionHeuristicPhaseConfig construct(Class<?> entity, String variable) {
        EntitySelectorConfig queue = new EntitySelectorConfig(entity).withId(variable);
        return new ConstructionHeuristicPhaseConfig()
                .withEntityPlacerConfig(new QueuedEntityPlacerConfig()
                        .withEntitySelectorConfig(queue)
                        .withMoveSelectorConfigs(new ChangeMoveSelectorConfig()
                                .withEntitySelectorConfig(
                                        EntitySelectorConfig.newMimicSelectorConfig(variable))
                                .withValueSelectorConfig(new ValueSelectorConfig(variable))));
    }

    private static Placements plan(Instance in) {
        Placements plan = new Placements();
        plan.instance = in;
        plan.units = new ArrayList<>();
        for (int u = 0; u < in.unitFirst.length - 1; u++) {
            Placements.Unit unit = new Placements.Unit();
            unit.id = u;
            int row = u * in.weeks;
            unit.weeks = IntStream.range(0, in.weeks).filter(w -> in.allowed[row + w] > 0).boxed().toList();
            plan.units.add(unit);
        }
        plan.parties = new ArrayList<>();
        for (int q = 0; q < in.partyPeriod.length; q++) {
            Placements.Party party = new Placements.Party();
            party.id = q;
            party.hosts = IntStream.range(in.partyFirst[q], in.partyFirst[q + 1]).map(r -> in.host[r]).boxed().toList();
            plan.parties.add(party);
        }
        return plan;
    }
}
