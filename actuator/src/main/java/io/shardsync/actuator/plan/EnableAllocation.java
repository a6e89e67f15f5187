package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts an allocation switch back, also where no copy waits for it yet. */
final class EnableAllocation implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.ENABLE_ALLOCATION;
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return command.index() == null ? clusterSwitch(command, seen) : indexSwitch(command.index(), seen);
    }

    private static Plan clusterSwitch(RecoveryCommand command, Examination seen) {
        String setting = String.valueOf(command.params().getOrDefault("setting", Switches.CLUSTER_ALLOCATION));
        if (!Switches.CLUSTER_SWITCHES.contains(setting)) {
            return Plan.nothing("params.setting is '" + setting + "', allowed is one of " + Switches.CLUSTER_SWITCHES);
        }
        Map<String, String> off = Switches.offScopes(seen.settings(), setting);
        if (off.isEmpty()) {
            return Plan.nothing(
                    setting + " is not switched off, neither persistent nor transient; " + Words.found(seen));
        }
        return plan(
                List.of(Calls.clusterSettingBack(setting, off)),
                seen,
                setting.equals(Switches.CLUSTER_ALLOCATION) ? Cause.CLUSTER_ALLOCATION_OFF : null,
                "put " + setting + " back at " + off);
    }

    private static Plan indexSwitch(String index, Examination seen) {
        Map<String, String> off = Switches.offIndices(seen.indexSwitches());
        off.keySet().retainAll(Set.of(index));
        if (off.isEmpty()) {
            Map<String, String> cluster = Switches.offScopes(seen.settings(), Switches.CLUSTER_ALLOCATION);
            return Plan.nothing(Examination.INDEX_SWITCH + " is not switched off for index " + index
                    + (cluster.isEmpty()
                            ? ""
                            : "; the cluster's own switch is off (" + cluster
                                    + "), ask for ENABLE_ALLOCATION without an index")
                    + "; " + Words.found(seen));
        }
        return plan(
                Calls.indexSettingBack(Examination.INDEX_SWITCH, off),
                seen,
                Cause.INDEX_ALLOCATION_OFF,
                "put " + Examination.INDEX_SWITCH + " back for index " + index);
    }

    private static Plan plan(List<Measure> measures, Examination seen, Cause cause, String message) {
        List<Copy> copies = seen.findings().stream()
                .filter(finding -> finding.cause() == cause)
                .flatMap(finding -> finding.copies().stream())
                .toList();
        Set<ShardId> targets = copies.stream().map(Copy::shard).collect(Collectors.toSet());
        Set<ShardId> primaries =
                copies.stream().filter(Copy::primary).map(Copy::shard).collect(Collectors.toSet());
        return new Plan(measures, targets, primaries, message);
    }
}
