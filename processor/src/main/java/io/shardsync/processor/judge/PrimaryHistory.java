package io.shardsync.processor.judge;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a primary had come at each of the collections remembered. It answers when the primary passed an operation,
 * which is what makes a lag in operations a lag in time.
 *
 * @param samples oldest first, at most {@value #CAPACITY}
 */
public record PrimaryHistory(List<Sample> samples) {
    static final int CAPACITY = 32;

    /**
     * @param at when the collection had its answers
     * @param maxSeqNo the primary's highest sequence number then
     */
    public record Sample(Instant at, long maxSeqNo) {}

    public PrimaryHistory {
        samples = samples == null ? List.of() : List.copyOf(samples);
    }

    public static PrimaryHistory empty() {
        return new PrimaryHistory(List.of());
    }

    /**
     * Adds a sample and forgets those that no copy needs any more.
     *
     * @param slowest the lowest local checkpoint among the copies
     */
    public PrimaryHistory with(Sample sample, long slowest) {
        List<Sample> next = new ArrayList<>(samples.size() + 1);
        Sample first = sample;
        for (Sample earlier : samples) {
            if (earlier.maxSeqNo() > slowest && earlier.maxSeqNo() < sample.maxSeqNo()) {
                next.add(earlier);
            } else if (earlier.maxSeqNo() == sample.maxSeqNo() && first == sample) {
                // The first sample at a height says when it was passed; later ones at the same height say nothing new.
                first = earlier;
            }
        }
        next.add(first);
        return new PrimaryHistory(next.size() <= CAPACITY ? next : thinned(next));
    }

    PrimaryHistory shifted(Duration by) {
        return new PrimaryHistory(samples.stream()
                .map(sample -> new Sample(sample.at().plus(by), sample.maxSeqNo()))
                .toList());
    }

    /** When the primary was first seen beyond an operation; empty if it never was. */
    public Optional<Instant> passed(long localCheckpoint) {
        for (Sample sample : samples) {
            if (sample.maxSeqNo() > localCheckpoint) {
                return Optional.of(sample.at());
            }
        }
        return Optional.empty();
    }

    /** Keeps the ends, which decide, and every second one between them. */
    private static List<Sample> thinned(List<Sample> all) {
        List<Sample> kept = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (i == 0 || i == all.size() - 1 || i % 2 == 0) {
                kept.add(all.get(i));
            }
        }
        return kept;
    }
}
