package io.shardsync.processor.control;

import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Control.Kind;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The controls that are set. Pure.
 *
 * @param all whatever their time and cluster
 */
public record Controls(List<Control> all) {
    public Controls {
        all = List.copyOf(all);
    }

    /** What stops healing in a cluster now: a pause, or a maintenance window of the whole cluster. */
    public Optional<Control> stopsHealing(String cluster, Instant now) {
        return all.stream()
                .filter(control ->
                        control.kind() == Kind.PAUSE || (control.kind() == Kind.MAINTENANCE && control.node() == null))
                .filter(control -> control.appliesTo(cluster, now))
                .findFirst();
    }

    /** These and more. */
    public Controls and(List<Control> more) {
        return more.isEmpty()
                ? this
                : new Controls(Stream.concat(all.stream(), more.stream()).toList());
    }

    /**
     * The maintenance window that explains what is wrong with a cluster, or with one of its nodes.
     *
     * @param isAbout whether what is wrong is about the node of this name
     */
    public Optional<Control> maintenance(String cluster, Predicate<String> isAbout, Instant now) {
        return all.stream()
                .filter(control -> control.kind() == Kind.MAINTENANCE)
                .filter(control -> control.appliesTo(cluster, now))
                .filter(control -> control.node() == null || isAbout.test(control.node()))
                .findFirst();
    }

    /** Whether a cluster is watched no more. */
    public boolean retired(String cluster, Instant now) {
        return all.stream()
                .anyMatch(control -> control.kind() == Kind.RETIRED
                        && control.cluster().equals(cluster)
                        && control.appliesTo(cluster, now));
    }
}
