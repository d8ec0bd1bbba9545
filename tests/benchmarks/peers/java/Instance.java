import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The arrays of the problem, in the order in which `peers/timefold.py` writes them. */
public final class Instance {
    private final ByteBuffer bytes;

    public final int weeks, hosts, houses, persons;
    public final int[] ordinal, duration, unit, family, publicOf, establishment, size, gaps, unitCost, allowed;
    public final int[] unitFirst, unitPeriods, exclusionFirst, exclusions, absenceFirst, absences, absencesMax, division;
    public final int[] partyPeriod, partySize, partyFirst, unplacedCost, must, previous, link, referenceHost;
    public final int[] host, cost, last, bedFirst, beds;
    public final int[] slots, publicRow, publicSlots, groupMin, groupMax, slotWeeks, trainees, person, quota, bedsMax;
    public final int[] allowance, surcharge, threshold;
    public final int[] memberFirst;
    public final int saturation, stability, steps, publics;

    public Instance(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining()) channel.read(bytes);
            bytes.flip();
        }
        int[] head = next();
        weeks = head[0]; hosts = head[1]; houses = head[2]; persons = head[3];
        saturation = head[4]; stability = head[5]; steps = head[6]; publics = head[7];
        ordinal = next(); duration = next(); unit = next(); family = next(); publicOf = next();
        establishment = next(); size = next(); division = next(); gaps = next(); unitCost = next();
        allowed = next(); unitFirst = next(); unitPeriods = next(); exclusionFirst = next();
        exclusions = next(); absenceFirst = next(); absences = next(); absencesMax = next();
        partyPeriod = next(); partySize = next(); partyFirst = next(); unplacedCost = next();
        must = next(); previous = next(); link = next(); referenceHost = next();
        host = next(); cost = next(); last = next(); bedFirst = next(); beds = next();
        slots = next(); publicRow = next(); publicSlots = next(); groupMin = next();
        groupMax = next(); slotWeeks = next(); trainees = next(); person = next(); quota = next();
        bedsMax = next(); allowance = next(); surcharge = next(); threshold = next();
        memberFirst = new int[partySize.length + 1];
        for (int q = 0; q < partySize.length; q++) memberFirst[q + 1] = memberFirst[q] + partySize[q];
    }

    private int[] next() {
        int[] values = new int[bytes.getInt()];
        bytes.asIntBuffer().get(values);
        bytes.position(bytes.position() + 4 * values.length);
        return values;
    }

    /** Candidate row of a party at a host; rows are sorted by cost, so the search is linear. */
    public int row(int party, int h) {
        for (int r = partyFirst[party]; r < partyFirst[party + 1]; r++) if (host[r] == h) return r;
        return -1;
    }
}
