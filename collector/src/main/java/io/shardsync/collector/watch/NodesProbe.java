package io.shardsync.collector.watch;

import io.shardsync.collector.read.Answering;
import io.shardsync.runtime.elasticsearch.CallFailed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks all nodes again and again whether they are there. Has a thread of its own: with a hung node each answer takes
 * the whole timeout, and the watch over the cluster state must not wait for it.
 */
final class NodesProbe implements Runnable {
    private final Hosts hosts;
    private final Duration patience;
    private final Duration pause;
    private final Clock clock;
    private final Runnable changed;
    private final Runnable missedAgain;
    private int places;
    private long count;
    private volatile Seen last;

    /** @param asked when the question was sent: a node that joined later can't have heard it */
    private record Seen(Answering answering, Instant asked, long number) {}

    /**
     * Prepares the probe.
     *
     * @param patience how long a node may take
     * @param pause between two probes
     * @param changed called when other nodes answer than before, or it is known again which do
     * @param missedAgain called when the same nodes as before do not answer
     */
    NodesProbe(Hosts hosts, Duration patience, Duration pause, Clock clock, Runnable changed, Runnable missedAgain) {
        this.hosts = hosts;
        this.patience = patience;
        this.pause = pause;
        this.clock = clock;
        this.changed = changed;
        this.missedAgain = missedAgain;
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

    private void probe() {
        Instant asked = clock.instant();
        Seen before = last;
        try {
            last = new Seen(hosts.after(places).answering(patience), asked, ++count);
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
        if (before == null || !before.answering().equals(now.answering())) {
            changed.run();
        } else if (now.answering().silent() > 0) {
            missedAgain.run();
        }
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
