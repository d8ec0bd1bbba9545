import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;

/**
 * Every rule of rules.md, counted incrementally: hard points for each unit beyond a limit, soft
 * points as in the price list.
 */
public final class Ledger implements IncrementalScoreCalculator<Placements, HardSoftLongScore> {
    private Instance in;
    private long hard, soft;
    private int[] week, row;
    private int[] heads, used, usedRows, year, trained, persons, lodged, present, away;
    private int[] unplaced;
    private int[][] partiesOf, periodsOf, groupsOf, gapsOf, absencesOf, following;

    @Override
    public void resetWorkingSolution(Placements solution) {
        in = solution.instance;
        solution.ledger = this;
        int periods = in.duration.length, parties = solution.parties.size();
        hard = soft = 0;
        week = filled(solution.units.size());
        row = filled(parties);
        heads = new int[periods * in.hosts];
        used = new int[in.hosts * in.weeks];
        usedRows = new int[in.publicSlots.length];
        year = new int[in.hosts];
        trained = new int[in.hosts * in.weeks];
        persons = new int[in.persons * in.weeks];
        lodged = new int[in.houses * 3 * in.weeks];
        present = new int[2 * in.weeks];
        away = new int[in.absencesMax.length * in.weeks];
        unplaced = new int[java.util.Arrays.stream(in.establishment).max().orElse(-1) + 1];
        if (partiesOf == null) index(parties, periods, solution.units.size());
        for (int q = 0; q < parties; q++) placed(q, -1, 0, 1);
        for (Placements.Unit unit : solution.units) if (unit.week != null) starts(unit.id, unit.week);
        for (Placements.Party party : solution.parties) if (party.host != null) goes(party.id, party.host);
    }

    private static int[] filled(int n) {
        int[] values = new int[n];
        java.util.Arrays.fill(values, -1);
        return values;
    }

    private void index(int parties, int periods, int units) {
        int[] unitOfParty = new int[parties];
        for (int q = 0; q < parties; q++) unitOfParty[q] = in.unit[in.partyPeriod[q]];
        partiesOf = invert(unitOfParty, units);
        periodsOf = new int[units][];
        for (int u = 0; u < units; u++)
            periodsOf[u] = java.util.Arrays.copyOfRange(in.unitPeriods, in.unitFirst[u], in.unitFirst[u + 1]);
        int[] before = new int[parties];
        for (int q = 0; q < parties; q++) before[q] = in.link[q] == 0 ? -1 : in.previous[q];
        following = invert(before, parties);
        gapsOf = touching(in.gaps.length / 3, periods, (i, add) -> {
            add.accept(in.gaps[3 * i]);
            add.accept(in.gaps[3 * i + 1]);
        });
        groupsOf = touching(in.exclusionFirst.length - 1, periods, (i, add) -> {
            for (int k = in.exclusionFirst[i]; k < in.exclusionFirst[i + 1]; k++) add.accept(in.exclusions[k]);
        });
        absencesOf = touching(in.absencesMax.length, periods, (i, add) -> {
            for (int k = in.absenceFirst[i]; k < in.absenceFirst[i + 1]; k++) add.accept(in.absences[k]);
        });
    }

    private interface Members {
        void of(int i, java.util.function.IntConsumer add);
    }

    private static int[][] touching(int n, int targets, Members members) {
        java.util.List<java.util.List<Integer>> lists = new java.util.ArrayList<>();
        for (int t = 0; t < targets; t++) lists.add(new java.util.ArrayList<>());
        for (int i = 0; i < n; i++) {
            int item = i;
            members.of(i, t -> lists.get(t).add(item));
        }
        return lists.stream().map(l -> l.stream().mapToInt(x -> x).toArray()).toArray(int[][]::new);
    }

    private static int[][] invert(int[] target, int n) {
        return touching(target.length, n, (i, add) -> {
            if (target[i] >= 0) add.accept(target[i]);
        });
    }

    // --- what Timefold calls

    @Override
    public void beforeVariableChanged(Object entity, String variable) {
        if (entity instanceof Placements.Unit unit) {
            if (week[unit.id] >= 0) leaves(unit.id);
        } else if (entity instanceof Placements.Party party) {
            if (row[party.id] >= 0) quits(party.id);
        }
    }

    @Override
    public void afterVariableChanged(Object entity, String variable) {
        if (entity instanceof Placements.Unit unit) {
            if (unit.week != null) starts(unit.id, unit.week);
        } else if (entity instanceof Placements.Party party) {
            if (party.host != null) goes(party.id, party.host);
        }
    }

    @Override public void beforeEntityAdded(Object entity) {}
    @Override public void afterEntityAdded(Object entity) {}
    @Override public void beforeEntityRemoved(Object entity) {}
    @Override public void afterEntityRemoved(Object entity) {}

    @Override
    public HardSoftLongScore calculateScore() {
        return HardSoftLongScore.of(-hard, -soft);
    }

    // --- units

    private void starts(int u, int w) {
        for (int p : periodsOf[u]) calendar(p, w, 1);
        soft += in.unitCost[u * in.weeks + w];
        week[u] = w;
        for (int p : periodsOf[u]) pairs(p, 1);
        for (int q : partiesOf[u]) if (row[q] >= 0) stay(q, row[q], w, 1);
    }

    private void leaves(int u) {
        int w = week[u];
        for (int q : partiesOf[u]) if (row[q] >= 0) stay(q, row[q], w, -1);
        for (int p : periodsOf[u]) pairs(p, -1);
        week[u] = -1;
        soft -= in.unitCost[u * in.weeks + w];
        for (int p : periodsOf[u]) calendar(p, w, -1);
    }

    /** Saturation and absences. */
    private void calendar(int p, int w, int sign) {
        int f = in.family[p];
        for (int t = w; t < w + in.duration[p]; t++) {
            int c = f * in.weeks + t;
            soft -= (long) in.saturation * Math.max(0, present[c] - in.threshold[c]);
            present[c] += sign * in.size[p];
            soft += (long) in.saturation * Math.max(0, present[c] - in.threshold[c]);
            for (int a : absencesOf[p]) hard += limit(away, a * in.weeks + t, sign, in.absencesMax[a]);
        }
    }

    /** Order and exclusion against the periods that have a week, this one having its own. */
    private void pairs(int p, int sign) {
        int begin = week[in.unit[p]], end = begin + in.duration[p] - 1;
        for (int g : gapsOf[p]) {
            int first = in.gaps[3 * g], second = in.gaps[3 * g + 1];
            if (in.unit[first] == in.unit[second] && p == second) continue;
            int a = week[in.unit[first]], b = week[in.unit[second]];
            if (a < 0 || b < 0) continue;
            int lack = in.gaps[3 * g + 2] - (in.ordinal[b] - in.ordinal[a + in.duration[first] - 1] - 1);
            if (lack > 0) hard += sign * lack;
        }
        for (int x : groupsOf[p])
            for (int k = in.exclusionFirst[x]; k < in.exclusionFirst[x + 1]; k++) {
                int o = in.exclusions[k], a = week[in.unit[o]];
                if (o == p || a < 0 || in.division[o] == in.division[p]) continue;
                if (in.unit[o] == in.unit[p] && o < p) continue;
                if (a <= end && begin <= a + in.duration[o] - 1) hard += sign;
            }
    }

    // --- parties

    private void goes(int q, int h) {
        int r = in.row(q, h);
        placed(q, -1, 0, -1);
        row[q] = r;
        placed(q, r, h, 1);
        int w = week[in.unit[in.partyPeriod[q]]];
        if (w >= 0) stay(q, r, w, 1);
    }

    private void quits(int q) {
        int r = row[q], w = week[in.unit[in.partyPeriod[q]]];
        if (w >= 0) stay(q, r, w, -1);
        placed(q, r, in.host[r], -1);
        row[q] = -1;
        placed(q, -1, 0, 1);
    }

    /** What does not depend on the week: prices, equity, agreements, links to other ranks. */
    private void placed(int q, int r, int h, int sign) {
        if (r < 0) {
            soft += sign * (long) in.unplacedCost[q];
            if (in.must[q] > 0) hard += sign * in.must[q];
            int e = in.establishment[in.partyPeriod[q]];
            soft -= equity(e);
            unplaced[e] += sign * in.partySize[q];
            soft += equity(e);
            return;
        }
        soft += sign * (long) in.cost[r];
        for (int k = in.bedFirst[r]; k < in.bedFirst[r + 1]; k++)
            if (in.referenceHost[in.memberFirst[q] + k - in.bedFirst[r]] != -1
                    && in.referenceHost[in.memberFirst[q] + k - in.bedFirst[r]] != h)
                soft += sign * (long) in.stability;
        if (in.link[q] != 0 && in.previous[q] >= 0) hard += sign * clash(q, h, row[in.previous[q]]);
        for (int n : following[q]) if (row[n] >= 0) hard += sign * clash(n, in.host[row[n]], r);
    }

    private int clash(int q, int h, int before) {
        if (before < 0) return 0;
        boolean same = in.host[before] == h;
        return (in.link[q] == 1) != same ? 1 : 0;
    }

    private long equity(int e) {
        long cost = 0;
        for (int s = 0; s < in.steps; s++)
            cost += (long) in.surcharge[s] * Math.max(0, unplaced[e] - in.allowance[e * in.steps + s]);
        return cost;
    }

    /** What depends on the week: seats, quotas, tutors, beds, waivers. */
    private void stay(int q, int r, int w, int sign) {
        int p = in.partyPeriod[q], h = in.host[r], n = in.duration[p], k = in.partySize[q], end = w + n;
        if (in.last[r] < end - 1) hard += sign;
        int c = p * in.hosts + h, max = in.groupMax[h], min = in.groupMin[h];
        int before = heads[c], after = before + sign * k;
        heads[c] = after;
        int slotsBefore = (before + max - 1) / max, slotsAfter = (after + max - 1) / max;
        hard += Math.max(0, slotsAfter * min - after) - Math.max(0, slotsBefore * min - before);
        int more = slotsAfter - slotsBefore;
        if (more != 0) {
            int publicRow = in.publicRow[h * in.publics + in.publicOf[p]];
            hard += limit(year, h, more * n, in.slotWeeks[h]);
            for (int t = w; t < end; t++) {
                hard += limit(used, h * in.weeks + t, more, in.slots[h * in.weeks + t]);
                if (publicRow >= 0)
                    hard += limit(usedRows, publicRow * in.weeks + t, more, in.publicSlots[publicRow * in.weeks + t]);
            }
        }
        if (in.family[p] == 1)
            for (int t = w; t < end; t++) {
                hard += limit(trained, h * in.weeks + t, sign * k, in.trainees[h]);
                if (in.person[h] >= 0)
                    hard += limit(persons, in.person[h] * in.weeks + t, sign * k, in.quota[in.person[h]]);
            }
        for (int b = in.bedFirst[r]; b < in.bedFirst[r + 1]; b++)
            if (in.beds[b] >= 0)
                for (int t = w; t < end; t++) {
                    int house = in.beds[b] / 3;
                    hard -= crowd(house, t);
                    lodged[in.beds[b] * in.weeks + t] += sign;
                    hard += crowd(house, t);
                }
    }

    private int crowd(int house, int t) {
        int beyond = 0;
        for (int s = 0; s < 3; s++) {
            int here = lodged[(house * 3 + s) * in.weeks + t];
            beyond += s < 2 ? Math.max(0, here - in.bedsMax[house * 3 + s]) : here;
        }
        return Math.max(0, beyond - in.bedsMax[house * 3 + 2]);
    }

    private static int limit(int[] counts, int i, int more, int most) {
        int before = Math.max(0, counts[i] - most);
        counts[i] += more;
        return Math.max(0, counts[i] - most) - before;
    }

    // --- what the re-seating move asks

    public int[] parties(int unit) {
        return partiesOf[unit];
    }

    /** Cheapest candidate host that breaks nothing more, or −1; the party is unplaced now. */
    public int cheapest(int q) {
        int w = week[in.unit[in.partyPeriod[q]]];
        long hardBefore = hard, softBefore = soft;
        for (int r = in.partyFirst[q]; r < in.partyFirst[q + 1]; r++) {
            int h = in.host[r];
            if (used[h * in.weeks + w] >= in.slots[h * in.weeks + w] && in.groupMax[h] == 1) continue;
            goes(q, h);
            boolean fits = hard <= hardBefore && soft <= softBefore;
            quits(q);
            if (fits) return h;
        }
        return -1;
    }
}
