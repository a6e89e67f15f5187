package io.shardsync.actuator.watch;

import io.shardsync.actuator.bedside.Recoveries;
import io.shardsync.actuator.bedside.Recovering;
import io.shardsync.schemas.model.RecoveryResult.Progress;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Follows relocations until nothing has moved for a while; knows no clock, only the times of the looks. */
public final class Relocations {
    private final Duration settle;
    private final Set<String> seen = new HashSet<>();
    private Instant quietSince;
    private Instant before;
    private long doneBefore;

    /** @param settle how long nothing may move: Elasticsearch takes a moment to work out the next moves */
    public Relocations(Duration settle) {
        this.settle = settle;
    }

    /**
     * Where it stands.
     *
     * @param quiet whether nothing has moved for long enough
     * @param progress percent of the relocations seen so far, bytes and time of those that run
     * @param message for people, with how many are at which stage
     */
    public record Told(boolean quiet, Progress progress, String message) {}

    /**
     * Takes the next look.
     *
     * @param moves whether the routing table, too, says that something moves
     */
    public Told see(Instant now, Recoveries running, boolean moves) {
        running.each().stream().map(Recovering::id).forEach(seen::add);
        quietSince = moves ? null : quietSince == null ? now : quietSince;
        int arrived = seen.size() - running.running();
        long left = running.bytesRemaining();
        Progress progress = new Progress(percent(running, arrived), moves ? left : 0L, eta(now, running, left));
        before = now;
        doneBefore = running.bytesDone();
        boolean quiet = quietSince != null && !now.isBefore(quietSince.plus(settle));
        return new Told(
                quiet,
                progress,
                quiet
                        ? arrived + " copies have moved, nothing relocates any more"
                        : arrived + " copies have moved, " + running.running() + " are moving" + stages(running));
    }

    private Double percent(Recoveries running, int arrived) {
        if (seen.isEmpty()) {
            return null;
        }
        double share = running.bytesTotal() == 0 ? 0 : (double) running.bytesDone() / running.bytesTotal();
        double percent = 100.0 * (arrived + share * running.running()) / seen.size();
        return Math.min(100.0, Math.round(percent * 10) / 10.0);
    }

    private Long eta(Instant now, Recoveries running, long left) {
        if (before == null || left == 0) {
            return null;
        }
        long bytes = running.bytesDone() - doneBefore;
        long millis = Duration.between(before, now).toMillis();
        return bytes <= 0 || millis <= 0 ? null : left * millis / bytes;
    }

    private static String stages(Recoveries running) {
        Map<String, Long> stages = running.each().stream()
                .collect(Collectors.groupingBy(Recovering::stage, TreeMap::new, Collectors.counting()));
        return stages.isEmpty()
                ? ""
                : stages.entrySet().stream()
                        .map(stage -> stage.getValue() + " at stage " + stage.getKey())
                        .collect(Collectors.joining(", ", " (", ")"));
    }
}
