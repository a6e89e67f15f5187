package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyStats;
import io.shardsync.actuator.bedside.DocumentId;
import io.shardsync.actuator.bedside.Reading;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads suspects again by id until it is proved of each that the copies differ in it, or that they do not. */
final class Confirmation {
    /** Documents in one read. */
    static final int BATCH = 400;

    private static final int MOST_TRIES = 20;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Reads reads;
    private final Pause pause;
    /** Replicas that did not catch up once: what they are asked next they need not be waited for again. */
    private final Set<String> behind = new HashSet<>();

    Confirmation(Reads reads, Pause pause) {
        this.reads = reads;
        this.pause = pause;
    }

    /**
     * Decides about documents in which a replica seems to differ.
     *
     * @param upTo the newest operation the check is about
     * @param to takes what is proved
     */
    void decide(Group group, Copy replica, Collection<DocumentId> suspects, long upTo, Outcome to) {
        List<DocumentId> all = List.copyOf(suspects);
        for (int from = 0; from < all.size(); from += BATCH) {
            decideBatch(group, replica, all.subList(from, Math.min(from + BATCH, all.size())), upTo, to);
        }
    }

    private void decideBatch(Group group, Copy replica, List<DocumentId> suspects, long upTo, Outcome to) {
        Copy primary = group.primary().orElseThrow();
        Set<DocumentId> open = new LinkedHashSet<>(suspects);
        for (int tried = 1; ; tried++) {
            long done = done(group, primary);
            Map<DocumentId, Reading> before = read(group, primary, open);
            Mark mark = catchUp(group, primary, replica);
            Map<DocumentId, Reading> there = read(group, replica, open);
            Map<DocumentId, Reading> after = read(group, primary, open);
            long newest = newest(group, primary, mark, there);
            Map<DocumentId, Boolean> covered = new HashMap<>();
            for (DocumentId document : List.copyOf(open)) {
                Reading first = before.get(document);
                Reading second = there.get(document);
                Reading third = after.get(document);
                boolean read = first != null && second != null && third != null;
                boolean covers = read && Judgement.primaryCovers(third, second);
                covered.put(document, covers);
                Judgement judgement = read && mark.reached()
                        ? Judgement.of(first, second, third, done, newest, upTo)
                        : Judgement.AGAIN;
                if (judgement != Judgement.AGAIN) {
                    open.remove(document);
                    if (judgement != Judgement.EQUAL) {
                        to.differs(replica, judgement, document.id(), covers);
                    }
                }
            }
            if (open.isEmpty()) {
                return;
            }
            if (tried == MOST_TRIES || !mark.reached()) {
                String why = mark.reached()
                        ? "they were written, or not readable, in each of " + tried + " attempts"
                        : mark.why();
                open.forEach(document -> to.undecided(replica, covered.get(document), why));
                return;
            }
            pause.pause(BETWEEN_TRIES);
        }
    }

    /** Up to where the primary has done every operation by now. */
    private long done(Group group, Copy primary) {
        CopyStats now =
                reads.reader().stats(group.shard(), List.of(primary.node())).get(primary.node());
        return now == null ? -1 : now.local();
    }

    /**
     * The primary's newest operation by now; asked only where the replica has shown one that is newer than the mark.
     */
    private long newest(Group group, Copy primary, Mark mark, Map<DocumentId, Reading> there) {
        boolean newer = there.values().stream().anyMatch(reading -> reading.seqNo() > mark.newest());
        CopyStats now =
                newer ? reads.reader().stats(group.shard(), group.nodes()).get(primary.node()) : null;
        return now == null ? Long.MAX_VALUE : now.maxSeqNo();
    }

    /**
     * How far a replica had to come.
     *
     * @param newest the primary's newest operation at that time
     * @param why it did not come so far; null where it did
     */
    private record Mark(long newest, String why) {
        boolean reached() {
            return why == null;
        }
    }

    private Mark catchUp(Group group, Copy primary, Copy replica) {
        Long newest = null;
        Duration limit = behind.contains(replica.allocationId()) ? Duration.ZERO : CATCH_UP;
        Duration waited = Duration.ZERO;
        while (true) {
            Map<String, CopyStats> stats = reads.reader().stats(group.shard(), group.nodes());
            CopyStats own = stats.get(replica.node());
            if (newest == null && stats.containsKey(primary.node())) {
                newest = stats.get(primary.node()).maxSeqNo();
            }
            if (newest != null && own != null && own.local() >= newest) {
                return new Mark(newest, null);
            }
            if (waited.compareTo(limit) >= 0) {
                behind.add(replica.allocationId());
                return new Mark(
                        newest == null ? -1 : newest,
                        "the replica on " + group.name(replica) + " stands at "
                                + (own == null ? "no checkpoint" : "operation " + own.local()) + " and does not reach "
                                + newest + ", the primary's newest, within " + CATCH_UP.toSeconds() + " s");
            }
            pause.pause(BETWEEN_LOOKS);
            waited = waited.plus(BETWEEN_LOOKS);
        }
    }

    private Map<DocumentId, Reading> read(Group group, Copy copy, Set<DocumentId> documents) {
        return reads.reader().read(group.pin(copy), new ArrayList<>(documents));
    }
}
