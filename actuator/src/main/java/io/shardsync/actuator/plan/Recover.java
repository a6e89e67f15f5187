package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.diagnose.Looking;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The one safe thing for each cause, where there is one. */
final class Recover implements Remedy {
    @Override
    public CommandType type() {
        return CommandType.RECOVER;
    }

    @Override
    public Plan plan(RecoveryCommand command, Examination seen) {
        return Unbroken.plan(seen)
                .orElseGet(() -> planFor(
                        seen, Set.of(Cause.CLUSTER_ALLOCATION_OFF, Cause.INDEX_ALLOCATION_OFF, Cause.MAX_RETRIES)));
    }

    @Override
    public Examination look(RecoveryCommand command, Examination seen, Looking looking) {
        return Unbroken.look(seen, looking);
    }

    /** The plan for some of the causes; others are left alone. */
    static Plan planFor(Examination seen, Set<Cause> causes) {
        List<Measure> measures = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        Set<ShardId> targets = new TreeSet<>();
        Set<ShardId> primaries = new TreeSet<>();

        for (Finding finding : seen.findings()) {
            if (!causes.contains(finding.cause())) {
                continue;
            }
            List<Measure> answer = answer(finding, seen);
            if (answer.isEmpty()) {
                messages.add("allocation is switched off where no call can put it back (elasticsearch.yml of the nodes,"
                        + " or already put back): " + finding.reason().text());
                continue;
            }
            // A switch goes back before anything is retried: with it off, a retry is in vain.
            measures.addAll(finding.cause() == Cause.MAX_RETRIES ? measures.size() : 0, answer);
            targets.addAll(finding.shards());
            finding.copies().stream().filter(copy -> copy.primary()).forEach(copy -> primaries.add(copy.shard()));
            messages.add(finding.cause().code() + ": " + finding.cause().safeAction());
        }
        Set<ShardId> rebuilt = seen.of(Cause.CORRUPT_COPY).map(Finding::shards).orElse(Set.of());
        if (measures.isEmpty() && !rebuilt.isEmpty() && messages.isEmpty()) {
            return Plan.watching(rebuilt, Words.nothingToDo(seen));
        }
        if (measures.isEmpty()) {
            return Plan.nothing(messages.isEmpty() ? Words.nothingToDo(seen) : String.join("; ", messages));
        }
        return new Plan(measures, targets, primaries, String.join("; ", messages));
    }

    private static List<Measure> answer(Finding finding, Examination seen) {
        return switch (finding.cause()) {
            case MAX_RETRIES -> List.of(Calls.retryFailed(seen.view()));
            case CLUSTER_ALLOCATION_OFF -> {
                Map<String, String> scopes = Switches.offScopes(seen.settings(), Switches.CLUSTER_ALLOCATION);
                yield scopes.isEmpty()
                        ? List.of()
                        : List.of(Calls.clusterSettingBack(Switches.CLUSTER_ALLOCATION, scopes));
            }
            case INDEX_ALLOCATION_OFF -> {
                Map<String, String> off = new LinkedHashMap<>(Switches.offIndices(seen.indexSwitches()));
                off.keySet().retainAll(finding.indices());
                yield Calls.indexSettingBack(Examination.INDEX_SWITCH, off);
            }
            default -> List.of();
        };
    }
}
