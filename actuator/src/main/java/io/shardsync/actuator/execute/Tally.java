package io.shardsync.actuator.execute;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.runtime.ops.Metrics;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.util.Locale;
import java.util.stream.Stream;

/** Counts what became of commands. */
public final class Tally {
    private final MeterRegistry registry;
    private final Counter deadLetters;
    private final Counter duplicates;
    private final Counter forwarded;

    public Tally(MeterRegistry registry) {
        this.registry = registry;
        this.deadLetters = counter("dead.letters", "Records that could not even be answered.");
        this.duplicates = counter("commands.duplicate", "Commands that were answered before and passed over.");
        this.forwarded = counter("commands.forwarded", "Commands passed on to the partition of their key.");
        attempts();
        successes();
        // Prometheus sees no increase in what begins at one.
        for (Cause cause : Cause.values()) {
            failures(cause.code());
        }
        for (CommandType type : CommandType.values()) {
            Stream.of(Status.values()).filter(Status::terminal).forEach(status -> commands(type.name(), status));
        }
    }

    public void deadLetter() {
        deadLetters.increment();
    }

    public void duplicate() {
        duplicates.increment();
    }

    public void forwarded() {
        forwarded.increment();
    }

    /** A command was answered without being carried out. */
    public void answered(RecoveryResult result) {
        commands(result.type() == null ? "unknown" : result.type().name(), result.status())
                .increment();
    }

    /**
     * A command ended.
     *
     * @param acted whether a state-changing call was made
     */
    public void ended(RecoveryResult result, Ending ending, boolean acted) {
        commands(result.type().name(), ending.status()).increment();
        if (!acted) {
            return;
        }
        attempts().increment();
        if (ending.status() == Status.SUCCEEDED) {
            successes().increment();
        } else if (ending.status() == Status.FAILED) {
            failures(ending.cause() == null ? Cause.OTHER.code() : ending.cause())
                    .increment();
        }
    }

    private Counter failures(String cause) {
        return Counter.builder(Metrics.name("recovery.failures"))
                .description("Recoveries that failed, by what stood in the way at the end.")
                .tag("cause", cause)
                .register(registry);
    }

    private Counter commands(String type, Status status) {
        return Counter.builder(Metrics.name("commands"))
                .description("Commands by how they ended.")
                .tag("type", type)
                .tag("status", status.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Counter attempts() {
        return counter("recovery.attempts", "Commands that made at least one state-changing call.");
    }

    private Counter successes() {
        return counter("recovery.successes", "Recoveries that ended verified.");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(Metrics.name(name)).description(description).register(registry);
    }
}
