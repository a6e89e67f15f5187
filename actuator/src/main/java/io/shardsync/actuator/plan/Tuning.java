package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Sets some allocation settings for as long as it takes copies to move, and puts the former values back.
 *
 * @param type what it answers
 * @param fixed settings that always get the same value
 * @param params what the command may choose, by the name in {@code params}
 */
record Tuning(CommandType type, Map<String, String> fixed, Map<String, Param> params) implements Remedy {
    private static final String TIMEOUT = "timeout_ms";
    private static final Duration USUAL = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofHours(24);

    /**
     * One thing the command may choose.
     *
     * @param setting the Elasticsearch setting
     * @param usual its value unless the command says otherwise
     * @param allowed what its text must look like
     * @param words the same for people
     */
    record Param(String setting, String usual, Pattern allowed, String words) {}

    private static final Pattern DECIMAL = Pattern.compile("\\d{1,3}(\\.\\d{1,6})?");

    /** {@code REBALANCE}: lets Elasticsearch rebalance, a little faster than usual. */
    static Tuning rebalance() {
        return new Tuning(
                CommandType.REBALANCE,
                Map.of("cluster.routing.rebalance.enable", "all"),
                new TreeMap<>(Map.of(
                        "node_concurrent_recoveries",
                        new Param(
                                "cluster.routing.allocation.node_concurrent_recoveries",
                                "2",
                                Pattern.compile("[1-9]\\d?"),
                                "a whole number from 1 to 99"),
                        "max_bytes_per_sec",
                        new Param(
                                "indices.recovery.max_bytes_per_sec",
                                "50mb",
                                Pattern.compile("[1-9]\\d{0,8}(kb|mb|gb)"),
                                "a size such as 50mb, in kb, mb or gb"))));
    }

    /** {@code OPTIMIZE_ALLOCATION}: other weights for the balance. */
    static Tuning optimize() {
        return new Tuning(
                CommandType.OPTIMIZE_ALLOCATION,
                Map.of(),
                new TreeMap<>(Map.of(
                        "balance_shard",
                        new Param("cluster.routing.allocation.balance.shard", "0.45", DECIMAL, "a number from 0"),
                        "balance_index",
                        new Param("cluster.routing.allocation.balance.index", "0.55", DECIMAL, "a number from 0"),
                        "balance_threshold",
                        new Param(
                                "cluster.routing.allocation.balance.threshold",
                                "1.0",
                                Pattern.compile("[1-9]\\d{0,2}(\\.\\d{1,6})?"),
                                "a number from 1"))));
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        Optional<String> wrong = wrongIn(command.params());
        if (wrong.isPresent()) {
            return Plan.rejected(wrong.get());
        }
        long broken = seen.view().copies().filter(copy -> !copy.serves()).count();
        if (broken > 0) {
            return Plan.held(broken + " copies are not started, for instance "
                    + seen.view()
                            .copies()
                            .filter(copy -> !copy.serves())
                            .map(Copy::shard)
                            .findFirst()
                            .orElseThrow()
                    + "; relocations would compete with their recoveries, heal them first");
        }
        Map<String, String> wanted = wanted(command.params());
        for (String setting : wanted.keySet()) {
            String hiding = seen.settings().fleeting().get(setting);
            if (hiding != null) {
                return Plan.held(setting + " is set to '" + hiding
                        + "' in the transient scope, which hides a persistent" + " value; put it back to null first");
            }
        }
        wanted.entrySet().removeIf(one -> one.getValue()
                .equals(seen.settings().persistent().get(one.getKey())));
        if (wanted.isEmpty()) {
            return Plan.nothing("the settings have these values already; Elasticsearch balances with them by itself");
        }
        Map<String, String> former = new TreeMap<>();
        wanted.keySet()
                .forEach(setting ->
                        former.put(setting, seen.settings().persistent().get(setting)));
        Duration limit = Optional.ofNullable(command.params().get(TIMEOUT))
                .map(value -> Duration.ofMillis(Long.parseLong(value.toString())))
                .orElse(USUAL);
        return new Plan(
                List.of(Calls.set(wanted, former)),
                List.of(Calls.putBack(former)),
                new Goal.Settled(limit),
                Set.of(),
                Optional.empty(),
                "set " + wanted + ", follow the relocations until nothing moves, for " + limit.toMinutes()
                        + " min at most, and put back what was there before",
                Status.NOTHING_TO_DO);
    }

    private Map<String, String> wanted(Map<String, Object> chosen) {
        Map<String, String> wanted = new LinkedHashMap<>(new TreeMap<>(fixed));
        params.forEach((name, param) -> wanted.put(
                param.setting(), chosen.containsKey(name) ? String.valueOf(chosen.get(name)) : param.usual()));
        return wanted;
    }

    private Optional<String> wrongIn(Map<String, Object> chosen) {
        for (Map.Entry<String, Object> one : chosen.entrySet()) {
            String text = String.valueOf(one.getValue());
            if (one.getKey().equals(TIMEOUT)) {
                if (!text.matches("\\d{4,8}") || Long.parseLong(text) > LONGEST.toMillis()) {
                    return Optional.of("params." + TIMEOUT + " is '" + text + "', allowed is 1000 to "
                            + LONGEST.toMillis() + " milliseconds");
                }
                continue;
            }
            Param param = params.get(one.getKey());
            if (param == null) {
                return Optional.of("params." + one.getKey() + " is unknown to " + type + "; allowed are "
                        + params.keySet() + " and " + TIMEOUT);
            }
            if (!param.allowed().matcher(text).matches()) {
                return Optional.of("params." + one.getKey() + " is '" + text + "', allowed is " + param.words());
            }
        }
        return Optional.empty();
    }
}
