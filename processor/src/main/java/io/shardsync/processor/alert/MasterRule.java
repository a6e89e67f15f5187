package io.shardsync.processor.alert;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Affected;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot.View;

import java.util.List;
import java.util.stream.Stream;

/** No master, or a view that is not the master's. */
record MasterRule(AlertSettings settings) implements Rule {
    @Override
    public Stream<Condition> conditions(ClusterMemory memory) {
        View view = memory.newest().view();
        if (view == View.MASTER) {
            return Stream.empty();
        }
        String cluster = memory.newest().cluster();
        return Stream.of(new Condition(
                Labels.of("NoMaster", cluster),
                Severity.CRITICAL,
                settings.masterFor(),
                settings.clear(),
                new Alert.Cause(
                        view == View.STALE ? "stale_view" : "no_master",
                        "What the nodes say is not confirmed by an elected master.",
                        null),
                null,
                null,
                new Affected(0, 0, List.of(), List.of()),
                cluster + " has no master that can be reached",
                "Allocation, settings and mappings stand still; copies shown may be out of date.",
                "Look at the master-eligible nodes and the network between them."));
    }
}
