package io.shardsync.processor.heal;

import io.shardsync.schemas.model.Alert;

import java.util.Optional;

/**
 * What a heal is about: the unassigned copies of one cause, or the diverged copies of one shard.
 *
 * @param cause the word that chooses the mode of healing
 * @param index only for diverged copies
 * @param shard only for diverged copies
 */
public record Target(String cause, String index, Integer shard) {
    /** Of diverged copies; the others' causes are as observed. */
    public static final String DIVERGED = "replica_diverged";

    private static final String DIVERGE_ALERT = "CopiesDiverge";

    /** What would answer an alert; empty where nothing would. */
    static Optional<Target> of(Alert alert) {
        return switch (alert.alertname()) {
            case "PrimaryUnassigned", "ReplicasUnassigned" ->
                Optional.of(new Target(alert.labels().get("cause"), null, null));
            case DIVERGE_ALERT -> Optional.of(new Target(DIVERGED, alert.index(), alert.shard()));
            default -> Optional.empty();
        };
    }

    /** Under this what was done for an alert is remembered; empty where nothing ever is. */
    public static Optional<String> keyOf(Alert alert) {
        return of(alert).map(Target::key);
    }

    boolean isDiverged() {
        return cause.equals(DIVERGED);
    }

    String key() {
        return isDiverged() ? DIVERGED + "/" + index + "/" + shard : cause;
    }

    /** Reads what {@link #keyOf} wrote. */
    public static Target parse(String key) {
        String[] parts = key.split("/");
        return parts.length == 1
                ? new Target(key, null, null)
                : new Target(parts[0], parts[1], Integer.valueOf(parts[2]));
    }
}
