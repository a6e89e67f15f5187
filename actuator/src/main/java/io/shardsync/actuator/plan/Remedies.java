package io.shardsync.actuator.plan;

import io.shardsync.schemas.model.CommandType;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types of commands this version executes. */
public final class Remedies {
    private static final Map<CommandType, Remedy> BY_TYPE = List.of(
                    new Diagnose(),
                    new Recover(),
                    new RetryFailed(),
                    new EnableAllocation(),
                    new ResyncReplica(),
                    new MoveShard(),
                    new CancelRecovery(),
                    Tuning.rebalance(),
                    Tuning.optimize())
            .stream()
            .collect(Collectors.toUnmodifiableMap(Remedy::type, Function.identity()));

    private Remedies() {}

    /**
     * How a type is answered.
     *
     * @throws IllegalArgumentException if the type is not {@link #executed()} this way
     */
    public static Remedy of(CommandType type) {
        Remedy remedy = BY_TYPE.get(type);
        if (remedy == null) {
            throw new IllegalArgumentException("no remedy of type " + type + ", there are " + BY_TYPE.keySet());
        }
        return remedy;
    }

    /** Every type that is not rejected, comparisons and commands about commands included. */
    public static Set<CommandType> executed() {
        Set<CommandType> types = new TreeSet<>(BY_TYPE.keySet());
        types.add(CommandType.VERIFY_CONSISTENCY);
        types.add(CommandType.CANCEL_COMMAND);
        types.add(CommandType.APPROVE_COMMAND);
        return types;
    }
}
