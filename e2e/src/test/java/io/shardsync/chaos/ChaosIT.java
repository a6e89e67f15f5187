package io.shardsync.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Real processes, broken by chance. {@code -Dchaos.seed} replays a sequence, {@code -Dchaos.blows} and
 * {@code -Dchaos.minutes} bound the long one.
 */
class ChaosIT {
    private static final long SEED = 20_261_123;

    /** Two rounds of three blows, for a round costs more than a blow: every kind of process is hit in them. */
    private static final long SHORT_SEED = 701;

    private static final Path REPORTS = Path.of("target", "chaos");

    @Test
    void aFewBlowsLeaveEverythingAsItShouldBe() throws Exception {
        play(Sequence.of(Long.getLong("chaos.seed", SHORT_SEED), 6), Duration.ofMinutes(10));
    }

    @Test
    @Tag("long")
    void anHourOfBlowsLeavesEverythingAsItShouldBe() throws Exception {
        play(
                Sequence.of(Long.getLong("chaos.seed", SEED), Integer.getInteger("chaos.blows", 200)),
                Duration.ofMinutes(Long.getLong("chaos.minutes", 120)));
    }

    private static void play(Sequence sequence, Duration time) throws Exception {
        try (Chaos chaos = new Chaos()) {
            Instant begun = Instant.now();
            Map<Invariants, List<String>> breaches;
            try {
                breaches = Invariants.allBreaches(chaos.play(sequence, begun.plus(time)));
            } catch (RuntimeException e) {
                chaos.saveLogs(REPORTS.resolve("seed-" + sequence.seed()));
                throw new AssertionError(report(sequence, begun, chaos, Map.of()), e);
            }
            String report = report(sequence, begun, chaos, breaches);
            if (!breaches.isEmpty()) {
                chaos.saveLogs(REPORTS.resolve("seed-" + sequence.seed()));
                throw new AssertionError(report);
            }
        }
    }

    private static String report(Sequence sequence, Instant begun, Chaos chaos, Map<Invariants, List<String>> breaches)
            throws IOException {
        StringBuilder text = new StringBuilder("seed " + sequence.seed() + ", replay with -Dchaos.seed="
                + sequence.seed() + "; " + chaos.struck().size() + " blows in "
                + Duration.between(begun, Instant.now()).toSeconds() + " s; " + chaos.restarts()
                + " services ended by themselves and were started again\n\n");
        breaches.forEach((invariant, all) -> text.append("BREACH of ")
                .append(invariant)
                .append(":\n  ")
                .append(String.join("\n  ", all))
                .append('\n'));
        text.append(Table.ofDetection(chaos.struck(), chaos.alerts()))
                .append('\n')
                .append(Table.ofBlows(chaos.struck(), chaos.alerts()))
                .append('\n');
        chaos.alerts().forEach(told -> text.append(told.at())
                .append(' ')
                .append(told.alert().status())
                .append(' ')
                .append(told.alert().alertname())
                .append(' ')
                .append(told.alert().labels())
                .append('\n'));
        Files.createDirectories(REPORTS);
        Files.writeString(REPORTS.resolve("seed-" + sequence.seed() + ".md"), text);
        return text.toString();
    }
}
