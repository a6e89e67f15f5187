package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** An allocation switch that somebody may have forgotten. */
record SwitchRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        if (memory.seen() == null) {
            return Stream.empty();
        }
        return memory.seen().switches().stream()
                .filter(SwitchRule::stopsAllocation)
                .map(off -> condition(off, memory));
    }

    private static boolean stopsAllocation(Switch off) {
        boolean enable = off.setting().endsWith("routing.allocation.enable")
                || off.setting().endsWith("routing.rebalance.enable");
        boolean exclude = off.setting().startsWith("cluster.routing.allocation.exclude.");
        return (enable && !"all".equalsIgnoreCase(off.value()))
                || (exclude && !off.value().isBlank());
    }

    private Condition condition(Switch off, ClusterMemory memory) {
        String cluster = memory.newest().cluster();
        String scope = off.scope().name().toLowerCase(Locale.ROOT);
        Instant since = memory.switchedOff().get(ClusterMemory.switchKey(off));
        String[] labels = off.scope() == Scope.INDEX
                ? new String[] {"setting", off.setting(), "scope", scope, "index", off.index()}
                : new String[] {"setting", off.setting(), "scope", scope};
        String where = off.scope() == Scope.INDEX ? "index " + off.index() : scope + " settings";
        return new Condition(
                Labels.of("AllocationSwitchedOff", cluster, labels),
                Severity.WARNING,
                settings.switchFor(),
                settings.clear(),
                new Alert.Cause(
                        off.scope() == Scope.INDEX ? "index_allocation_off" : "cluster_allocation_off",
                        off.setting() + " is " + off.value() + " in the " + where + ".",
                        null),
                null,
                null,
                new Affected(0, 0, off.index() == null ? List.of() : List.of(off.index()), List.of()),
                off.setting() + " of " + cluster + " is " + off.value() + " (" + where + ")",
                "It has been off its default since " + since + ", as far as was seen. Until it is put back, copies"
                        + " lost meanwhile are not rebuilt.",
                "If nobody is at work there, put it back at the same scope: ENABLE_ALLOCATION does.");
    }
}
