package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bucket;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.Span;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** How a range of sequence numbers is cut, and which pieces differ between two copies. Pure. */
final class Slices {
    /** Few enough documents to list, and to keep each sum exact up to a sequence number of 4 * 10^12. */
    static final long WIDTH = 2_048;

    private Slices() {}

    /**
     * The next piece.
     *
     * @param from where it begins
     * @param upTo where the whole ends
     * @param length how long it is to be; it ends at a multiple of the bucket's width
     */
    static Span next(long from, long upTo, long length) {
        long end = (from + Math.max(WIDTH, length)) / WIDTH * WIDTH - 1;
        return new Span(from, Math.min(upTo, Math.max(from, end)));
    }

    /** First sequence numbers of the buckets in which two copies differ. */
    static SortedSet<Long> differing(SortedMap<Long, Bucket> one, SortedMap<Long, Bucket> other) {
        Set<Long> all = new TreeSet<>(one.keySet());
        all.addAll(other.keySet());
        SortedSet<Long> differing = new TreeSet<>();
        for (Long from : all) {
            if (!one.getOrDefault(from, Bucket.EMPTY).equals(other.getOrDefault(from, Bucket.EMPTY))) {
                differing.add(from);
            }
        }
        return differing;
    }

    /**
     * The buckets as spans, neighbours joined, within the slice; where that makes too many for one search, the slice
     * itself.
     */
    static List<Span> spans(SortedSet<Long> buckets, Span slice) {
        List<Span> spans = new ArrayList<>();
        for (Long bucket : buckets) {
            Span span = new Span(Math.max(bucket, slice.from()), Math.min(bucket + WIDTH - 1, slice.to()));
            Span last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
            if (last != null && last.to() + 1 == span.from()) {
                spans.set(spans.size() - 1, new Span(last.from(), span.to()));
            } else {
                spans.add(span);
            }
        }
        return spans.size() > CopyReader.MOST_SPANS ? List.of(slice) : spans;
    }
}
