package io.shardsync.collector.watch;

import io.shardsync.collector.read.Answering;
import io.shardsync.collector.read.ClusterReader;
import io.shardsync.collector.read.Position;
import io.shardsync.runtime.elasticsearch.CallFailed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at the state's version and asks all nodes whether they are there, again and again: as long as the version is
 * the same and all of them answer, nobody else need do anything. Has a thread of its own: with a hung node each answer
 * takes the whole timeout, and the watch over the cluster state must not wait for it.
 */
final class NodesProbe implements Runnable {
    /** A probe that has not come back after that may hang. */
    private static final Duration ROUND_TRIP = Duration.ofMillis(100);

    private final Hosts hosts;
    private final Duration pause;
    private final Clock clock;
    private final Runnable changed;
    private final Runnable look;
    private volatile int places;
    private long count;
    private volatile Seen last;

    /**
     * @param asked when the question was sent: a node that joined later can't have heard it
     * @param asking whom
     * @param position where the asked node stood just before
     * @param nothingNew whether all nodes answered, as they did before, and the state was the same
     */
    private record Seen(
            ClusterReader asking,
            Position position,
            Answering answering,
            Instant asked,
            long number,
            boolean nothingNew) {}

    /**
     * Prepares the probe.
     *
     * @param pause between two probes
     * @param changed called when other nodes answer than before, or it is known again which do
     * @param look called when the same nodes answer as before, and it is time to look all the same: some did not answer
     *     again, or there is a new cluster state
     */
    NodesProbe(Hosts hosts, Duration pause, Clock clock, Runnable changed, Runnable look) {
        this.hosts = hosts;
        this.pause = pause;
        this.clock = clock;
        this.changed = changed;
        this.look = look;
    }

    /** Probes until the thread is interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long began = System.nanoTime();
                probe();
                // A probe that somebody did not answer has taken its time already, and the next one is waited for.
                long rest = pause.minusNanos(System.nanoTime() - began).toMillis();
                if (rest > 0) {
                    Thread.sleep(rest);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks once. */
    void probe() {
        Instant asked = clock.instant();
        Seen before = last;
        try {
            ClusterReader reader = hosts.after(places);
            // One right after the other: half of what a question costs is to wake up for it.
            Position position = reader.position();
            Answering answering = reader.answering();
            boolean nothingNew = before != null
                    && answering.silent() == 0
                    && answering.equals(before.answering())
                    && position.equals(before.position());
            last = new Seen(reader, position, answering, asked, ++count, nothingNew);
        } catch (CallFailed nobodyToAsk) {
            // Whoever watches the state meets the same failure and says so; here it only means not to know.
            last = null;
            // It may be this host that hangs; the watch will find out, but takes its own time.
            places = (places + 1) % hosts.count();
        }
        Seen now = last;
        if (now == null) {
            return;
        }
        if (before == null || !now.answering().equals(before.answering())) {
            changed.run();
        } else if (!now.nothingNew()) {
            look.run();
        }
    }

    /**
     * The host that the watch asks has answered it: it is the one to ask here too, whoever was asked since a probe
     * failed. What another host says does not spare the watch to look for itself.
     */
    void returnToTheWatchesHost() {
        places = 0;
    }

    /**
     * Until when nobody need look at the cluster state, unless called for: the host that would be asked still stands
     * where it is known to, and all nodes answered. {@link Instant#MIN} if somebody has to look. A probe that is late
     * may be held up by a node that hangs, and by then somebody has to look as well.
     *
     * @param known what the last collection was made of: a call that came during it counts for nothing once the next
     *     probe sees the same again
     * @param now a clock that was set back shows an answer of the future, which counts for nothing either
     */
    Instant nothingNewUntil(Position known, Instant now) {
        Seen seen = last;
        boolean quiet = seen != null
                && seen.nothingNew()
                && seen.position().equals(known)
                && seen.asking() == hosts.reader()
                && !seen.asked().isAfter(now);
        return quiet ? seen.asked().plus(pause).plus(ROUND_TRIP) : Instant.MIN;
    }

    /** Ids of the nodes that answered last; empty if that is not known. */
    Optional<Set<String>> answering() {
        Seen now = last;
        return now == null ? Optional.empty() : Optional.of(now.answering().nodes());
    }

    /** Which probe the last one was that somebody answered; 0 if it is not known who does. */
    long number() {
        Seen now = last;
        return now == null ? 0 : now.number();
    }

    /** Ids of the nodes that answered a question sent after {@code since}; empty if there was none yet. */
    Set<String> answeringSince(Instant since) {
        Seen now = last;
        return now == null || !now.asked().isAfter(since)
                ? Set.of()
                : now.answering().nodes();
    }

    /** @param members since when each node is a member, by id */
    Set<String> silent(Map<String, Instant> members) {
        Seen now = last;
        if (now == null || now.answering().silent() == 0) {
            return Set.of();
        }
        return members.entrySet().stream()
                .filter(member -> member.getValue().isBefore(now.asked()))
                .map(Map.Entry::getKey)
                .filter(id -> !now.answering().nodes().contains(id))
                .collect(Collectors.toUnmodifiableSet());
    }
}
