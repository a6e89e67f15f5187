package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How far the check of one shard has come, and all that a successor needs to go on. Used by one thread. */
final class Standing {
    private final Group group;
    private final Depth depth;
    private final Instant since;
    private final long upTo;
    private final Map<String, Differences> differences = new LinkedHashMap<>();
    private final Map<String, String> chains = new LinkedHashMap<>();
    private final Map<String, Long> undecided = new LinkedHashMap<>();
    private final Map<String, String> undecidedWhy = new HashMap<>();
    private long next;

    /**
     * At the beginning.
     *
     * @param upTo the newest operation the check is about; -1 where there is none
     */
    Standing(Group group, Depth depth, Instant since, long upTo) {
        this.group = group;
        this.depth = depth;
        this.since = since;
        this.upTo = upTo;
        group.copies().forEach(copy -> {
            chains.put(copy.allocationId(), "");
            if (!copy.primary()) {
                differences.put(copy.allocationId(), new Differences());
                undecided.put(copy.allocationId(), 0L);
            }
        });
    }

    Group group() {
        return group;
    }

    long upTo() {
        return upTo;
    }

    /** The first sequence number that was not compared yet. */
    long next() {
        return next;
    }

    boolean done() {
        return next > upTo;
    }

    /** How much of the shard was compared, 0 to 1. */
    double share() {
        return upTo < 0 ? 1 : Math.min(1, (double) next / (upTo + 1));
    }

    Differences differences(Copy replica) {
        return differences.get(replica.allocationId());
    }

    long undecided(Copy replica) {
        return undecided.get(replica.allocationId());
    }

    /** Name of everything compared in a copy so far; null where nothing was. */
    String fingerprint(Copy copy) {
        String chain = chains.get(copy.allocationId());
        return chain.isEmpty() ? null : chain;
    }

    /** A slice is done, and its outcome counts. */
    void advance(Outcome outcome, long to) {
        outcome.addTo(this);
        next = to + 1;
    }

    void chain(Copy copy, String print) {
        chains.computeIfPresent(copy.allocationId(), (allocation, chain) -> Prints.chained(chain, print));
    }

    void addUndecided(Copy replica, long more, String why) {
        undecided.merge(replica.allocationId(), more, Long::sum);
        undecidedWhy.put(replica.allocationId(), why);
    }

    /** The last reason. */
    String undecidedWhy(Copy replica) {
        return undecidedWhy.getOrDefault(replica.allocationId(), "that was before a restart");
    }

    /** As it stands in {@code resume}. */
    Map<String, Object> told() {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("shard", group.shard().toString());
        told.put("depth", depth.word());
        told.put("since", since.toString());
        told.put("uuid", String.valueOf(group.uuid()));
        told.put("term", group.term());
        told.put("up_to", upTo);
        told.put("next", next);
        Map<String, Object> copies = new LinkedHashMap<>();
        group.copies().forEach(copy -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("node", copy.node());
            one.put("primary", copy.primary());
            one.put("chain", chains.get(copy.allocationId()));
            if (!copy.primary()) {
                one.put("undecided", undecided(copy));
                one.put("differences", differences(copy).told());
            }
            copies.put(copy.allocationId(), one);
        });
        told.put("copies", copies);
        return told;
    }

    /** Whether what was told is about this shard, at this depth. */
    static boolean concerns(Map<?, ?> told, Task task) {
        return task.shard().toString().equals(told.get("shard"))
                && task.depth().word().equals(told.get("depth"));
    }

    /**
     * Goes on where an earlier check stopped; empty where the copies are no longer the same, so that what was compared
     * no longer counts.
     */
    static Optional<Standing> resumed(Map<?, ?> told, Group now, Depth depth) {
        boolean same = String.valueOf(now.uuid()).equals(told.get("uuid"))
                && told.get("term") instanceof Number term
                && term.longValue() == now.term()
                && told.get("copies") instanceof Map<?, ?> copies
                && copies.size() == now.copies().size()
                && now.copies().stream().allMatch(copy -> sameCopy(copies.get(copy.allocationId()), copy));
        if (!same || !(told.get("up_to") instanceof Number upTo) || !(told.get("next") instanceof Number next)) {
            return Optional.empty();
        }
        Standing standing =
                new Standing(now, depth, Instant.parse(String.valueOf(told.get("since"))), upTo.longValue());
        standing.next = next.longValue();
        Map<?, ?> copies = (Map<?, ?>) told.get("copies");
        now.copies().forEach(copy -> {
            Map<?, ?> one = (Map<?, ?>) copies.get(copy.allocationId());
            standing.chains.put(copy.allocationId(), String.valueOf(one.get("chain")));
            if (!copy.primary()) {
                standing.undecided.put(
                        copy.allocationId(), one.get("undecided") instanceof Number count ? count.longValue() : 0L);
                standing.differences.put(
                        copy.allocationId(),
                        one.get("differences") instanceof Map<?, ?> known
                                ? Differences.read(known)
                                : new Differences());
            }
        });
        return Optional.of(standing);
    }

    private static boolean sameCopy(Object told, Copy copy) {
        return told instanceof Map<?, ?> one
                && copy.node().equals(one.get("node"))
                && Boolean.valueOf(copy.primary()).equals(one.get("primary"));
    }
}
