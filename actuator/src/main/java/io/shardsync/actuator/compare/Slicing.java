package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bucket;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.Document;
import io.shardsync.actuator.bedside.DocumentId;
import io.shardsync.actuator.bedside.Span;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares one slice of a shard: by sums first, by documents where the sums differ. */
final class Slicing {
    /** Under load most differences are writes that one copy shows a moment before the other. */
    private static final int ROUNDS = 3;

    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);
    private static final int MOST_IN_PAGE = 2_000;
    private static final int LEAST_IN_PAGE = 20;
    private static final long PAGE_BYTES = 4L << 20;

    private final Reads reads;
    private final Pause pause;
    private final Confirmation confirmation;

    Slicing(Reads reads, Pause pause) {
        this.reads = reads;
        this.pause = pause;
        this.confirmation = new Confirmation(reads, pause);
    }

    /**
     * What is to be compared of each document beyond its version.
     *
     * @param fields whose doc values count
     * @param meanBytes of a document on disk
     */
    record Content(Set<String> fields, long meanBytes) {
        int page() {
            return (int) Math.min(MOST_IN_PAGE, Math.max(LEAST_IN_PAGE, PAGE_BYTES / Math.max(1, meanBytes)));
        }
    }

    /**
     * Compares a slice.
     *
     * @param content null where versions are enough
     */
    Outcome compare(Group group, Span slice, long upTo, Content content) {
        Outcome outcome = new Outcome();
        reads.reader().refresh(group.shard().index());
        Map<Copy, SortedMap<Long, Bucket>> prints = settled(group, slice);
        prints.forEach((copy, buckets) -> outcome.print(copy, Prints.of(buckets)));
        documents(group, slice, upTo, prints, outcome);
        if (content != null) {
            contents(group, prints.get(group.primary().orElseThrow()), slice, content, outcome);
        }
        return outcome;
    }

    /** The sums, read again where they differ until they do not, or for some rounds. */
    private Map<Copy, SortedMap<Long, Bucket>> settled(Group group, Span slice) {
        Map<Copy, SortedMap<Long, Bucket>> prints = new LinkedHashMap<>();
        buckets(group, List.of(slice)).forEach((copy, buckets) -> prints.put(copy, new TreeMap<>(buckets)));
        for (int round = 1; round <= ROUNDS; round++) {
            SortedSet<Long> differing = differing(group, prints, group.replicas());
            if (differing.isEmpty()) {
                break;
            }
            pause.pause(BETWEEN_ROUNDS);
            reads.reader().refresh(group.shard().index());
            List<Span> spans = Slices.spans(differing, slice);
            buckets(group, spans).forEach((copy, again) -> {
                SortedMap<Long, Bucket> known = prints.get(copy);
                // Both slices and buckets begin at multiples of the width.
                known.keySet().removeIf(from -> spans.stream().anyMatch(span -> span.holds(from)));
                known.putAll(again);
            });
        }
        return prints;
    }

    private Map<Copy, SortedMap<Long, Bucket>> buckets(Group group, List<Span> spans) {
        return reads.each(group.copies(), copy -> reads.reader().buckets(group.pin(copy), spans, Slices.WIDTH));
    }

    private static SortedSet<Long> differing(
            Group group, Map<Copy, SortedMap<Long, Bucket>> prints, Collection<Copy> replicas) {
        SortedMap<Long, Bucket> primary = prints.get(group.primary().orElseThrow());
        SortedSet<Long> differing = new TreeSet<>();
        replicas.forEach(replica -> differing.addAll(Slices.differing(primary, prints.get(replica))));
        return differing;
    }

    /** Lists the documents where sums still differ, and decides about those that not both copies show alike. */
    private void documents(
            Group group, Span slice, long upTo, Map<Copy, SortedMap<Long, Bucket>> prints, Outcome outcome) {
        Copy primary = group.primary().orElseThrow();
        for (Copy replica : group.replicas()) {
            Set<DocumentId> suspects = new LinkedHashSet<>();
            for (Long from : differing(group, prints, List.of(replica))) {
                pause.pause(Duration.ZERO);
                Span bucket = Slices.spans(new TreeSet<>(Set.of(from)), slice).get(0);
                Map<Copy, List<Document>> lists = reads.each(
                        List.of(primary, replica), copy -> reads.reader().list(group.pin(copy), bucket));
                suspects.addAll(Suspects.between(lists.get(primary), lists.get(replica)));
                if (suspects.size() >= Confirmation.BATCH) {
                    confirmation.decide(group, replica, suspects, upTo, outcome);
                    suspects.clear();
                }
            }
            confirmation.decide(group, replica, suspects, upTo, outcome);
        }
    }

    /**
     * A document at one sequence number is the outcome of one operation and never changes. So where two copies show it
     * with another content, no write that goes on explains it.
     */
    private void contents(
            Group group, SortedMap<Long, Bucket> primaryBuckets, Span slice, Content content, Outcome outcome) {
        Copy primary = group.primary().orElseThrow();
        for (Span page : pages(primaryBuckets, slice, content.page())) {
            pause.pause(Duration.ZERO);
            Map<Copy, List<Document>> lists = contents(group, group.copies(), page, content);
            Map<Copy, Map<Long, Document>> bySeqNo = new HashMap<>();
            lists.forEach((copy, documents) -> bySeqNo.put(copy, bySeqNo(documents)));
            outcome.print(primary, digest(bySeqNo.get(primary).values()));
            for (Copy replica : group.replicas()) {
                outcome.print(replica, digest(bySeqNo.get(replica).values()));
                bySeqNo.get(replica).forEach((seqNo, there) -> {
                    Document here = bySeqNo.get(primary).get(seqNo);
                    if (here != null && here.sameVersion(there) && !here.sameAs(there)) {
                        decideContent(group, primary, replica, here, content, outcome);
                    }
                });
            }
        }
    }

    private void decideContent(
            Group group, Copy primary, Copy replica, Document suspect, Content content, Outcome outcome) {
        Span one = new Span(suspect.seqNo(), suspect.seqNo());
        Map<Copy, List<Document>> again = contents(group, List.of(primary, replica), one, content);
        boolean differs = again.get(primary).stream().anyMatch(here -> again.get(replica).stream()
                .anyMatch(there -> here.sameVersion(there) && !here.sameAs(there)));
        if (differs) {
            // Of one and the same operation: which of the two is right can't be told.
            outcome.differs(replica, Judgement.DIFFERENT, suspect.id(), false);
        }
    }

    private Map<Copy, List<Document>> contents(Group group, Collection<Copy> copies, Span span, Content content) {
        return reads.each(
                copies, copy -> reads.reader().contents(group.pin(copy), span, content.fields(), content.page()));
    }

    private static Map<Long, Document> bySeqNo(List<Document> documents) {
        Map<Long, Document> by = new TreeMap<>();
        documents.forEach(document -> by.put(document.seqNo(), document));
        return by;
    }

    private static String digest(Collection<Document> documents) {
        StringBuilder all = new StringBuilder();
        documents.forEach(document -> all.append(document.seqNo())
                .append(' ')
                .append(document.id())
                .append(' ')
                .append(document.digest())
                .append('\n'));
        return Prints.digest(all.toString());
    }

    /** Neighbouring buckets together, as many as hold no more documents than fit a page, but one at least. */
    static List<Span> pages(SortedMap<Long, Bucket> buckets, Span slice, int page) {
        List<Span> pages = new ArrayList<>();
        long docs = 0;
        for (Map.Entry<Long, Bucket> bucket : buckets.entrySet()) {
            Span span =
                    Slices.spans(new TreeSet<>(Set.of(bucket.getKey())), slice).get(0);
            int last = pages.size() - 1;
            if (last >= 0 && docs + bucket.getValue().docs() <= page) {
                pages.set(last, new Span(pages.get(last).from(), span.to()));
                docs += bucket.getValue().docs();
            } else {
                pages.add(span);
                docs = bucket.getValue().docs();
            }
        }
        return pages;
    }
}
