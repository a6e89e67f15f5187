package io.shardsync.processor.heal;

import io.shardsync.schemas.model.Alert;

import java.util.Map;
import java.util.Optional;

/**
 * What a heal is about: the unassigned primaries, or replicas, of one cause, or the diverged copies of one shard. What
 * was found out about replicas and tried for them says nothing about primaries.
 *
 * @param primaries whether it is about primaries
 * @param cause the word that chooses the mode of healing
 * @param index only for diverged copies
 * @param shard only for diverged copies
 */
public record Target(boolean primaries, String cause, String index, Integer shard) {
    /** Of diverged copies; the others' causes are as observed. */
    public static final String DIVERGED = "replica_diverged";

    private static final String DIVERGE_ALERT = "CopiesDiverge";
    private static final String ROLE = "role";
    private static final String PRIMARY = "primary";

    /** What would answer an alert; empty where nothing would. */
    static Optional<Target> of(Alert alert) {
        return switch (alert.alertname()) {
            case "PrimaryUnassigned" -> Optional.of(unassigned(true, alert));
            case "ReplicasUnassigned" -> Optional.of(unassigned(false, alert));
            case DIVERGE_ALERT -> Optional.of(new Target(false, DIVERGED, alert.index(), alert.shard()));
            default -> Optional.empty();
        };
    }

    private static Target unassigned(boolean primaries, Alert alert) {
        return new Target(primaries, alert.labels().get("cause"), null, null);
    }

    /** Under this what was done is remembered for an alert that a heal would answer, or that tells of one. */
    public static String keyOf(Alert alert) {
        Map<String, String> labels = alert.labels();
        return of(alert)
                .orElseGet(() -> new Target(
                        PRIMARY.equals(labels.get(ROLE)),
                        labels.getOrDefault("cause", ""),
                        alert.index(),
                        alert.shard()))
                .key();
    }

    /** Labels by which an alert tells of it, names and values in turn. */
    public String[] labels() {
        if (isDiverged()) {
            return new String[] {"cause", cause, "index", index, "shard", String.valueOf(shard)};
        }
        return primaries ? new String[] {"cause", cause, ROLE, PRIMARY} : new String[] {"cause", cause};
    }

    boolean isDiverged() {
        return cause.equals(DIVERGED);
    }

    public String key() {
        if (isDiverged()) {
            return DIVERGED + "/" + index + "/" + shard;
        }
        return primaries ? cause + "/" + PRIMARY : cause;
    }

    /** Reads what {@link #key} wrote. */
    public static Target parse(String key) {
        String[] parts = key.split("/");
        return switch (parts.length) {
            case 1 -> new Target(false, key, null, null);
            case 2 -> new Target(true, parts[0], null, null);
            default -> new Target(false, parts[0], parts[1], Integer.valueOf(parts[2]));
        };
    }
}
