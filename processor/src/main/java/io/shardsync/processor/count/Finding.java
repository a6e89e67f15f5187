package io.shardsync.processor.count;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.shardsync.processor.judge.Cause;
import io.shardsync.processor.judge.Symptom.Kind;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All copies with the same thing wrong: unassigned for the same cause, or behind on the same node. Stuck copies and
 * stalled recoveries stand alone.
 *
 * @param kind what is wrong
 * @param cause for unassigned copies; else null
 * @param node for assigned copies, the node's name; else null
 * @param shard {@code index/shard} where the finding is about one shard alone; else null
 * @param copies how many
 * @param primaries how many of them are primaries
 * @param worstOps operations the worst is behind
 * @param worstBytes bytes the worst is behind
 * @param since since when the oldest is
 * @param indices the first {@value #EXAMPLES} by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(
        Kind kind,
        Cause cause,
        String node,
        String shard,
        int copies,
        int primaries,
        long worstOps,
        long worstBytes,
        Instant since,
        List<String> indices) {
    static final int EXAMPLES = 20;

    public Finding {
        indices = List.copyOf(indices);
    }

    /** What makes two findings the same one. */
    public record Identity(Kind kind, Cause cause, String node, String shard) {}

    public Identity identity() {
        return new Identity(kind, cause, node, shard);
    }

    /** Both together; they must have the same identity. */
    public Finding and(Finding other) {
        TreeSet<String> both = new TreeSet<>(indices);
        both.addAll(other.indices());
        return new Finding(
                kind,
                cause,
                node,
                shard,
                copies + other.copies(),
                primaries + other.primaries(),
                Math.max(worstOps, other.worstOps()),
                Math.max(worstBytes, other.worstBytes()),
                Stream.of(since, other.since()).min(Instant::compareTo).orElseThrow(),
                both.stream().limit(EXAMPLES).toList());
    }
}
