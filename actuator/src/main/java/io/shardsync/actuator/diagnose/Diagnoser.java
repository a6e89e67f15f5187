package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.schemas.model.CopyState;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at the copies in a command's scope. Hundreds that were lost together are alike, so only a few of them are
 * explained: of each kind at least one, and of different indices as many as the limit allows.
 */
public final class Diagnoser {
    private final Clock clock;
    private final int mostExplained;

    /**
     * A diagnoser with a limit.
     *
     * @param mostExplained calls to allocation explain in one diagnosis, at least 1
     */
    public Diagnoser(Clock clock, int mostExplained) {
        this.clock = clock;
        this.mostExplained = mostExplained;
    }

    /**
     * Looks at a scope.
     *
     * @throws NotAnswered if the routing table or the settings can't be read
     */
    public Examination examine(Bedside bedside, Scope scope) {
        ClusterView view = bedside.view();
        List<Copy> copies = view.copies()
                .filter(copy -> copy.state() == CopyState.UNASSIGNED || copy.state() == CopyState.INITIALIZING)
                .filter(scope::covers)
                .toList();
        Map<Cause, List<Copy>> copiesByCause = new EnumMap<>(Cause.class);
        Map<Cause, Reason> reasons = new EnumMap<>(Cause.class);
        Map<Cause, Integer> explained = new EnumMap<>(Cause.class);

        Map<Kind, Map<String, List<Copy>>> kinds = group(copies);
        int perKind = Math.max(1, mostExplained / Math.max(1, kinds.size()));
        kinds.forEach((kind, byIndex) -> {
            Reason known = null;
            int asked = 0;
            for (List<Copy> alike : byIndex.values()) {
                Optional<Reason> found = Optional.empty();
                if (asked < perKind) {
                    found = reasonOf(bedside, view, alike.get(0));
                    asked++;
                    found.ifPresent(reason -> explained.merge(reason.cause(), 1, Integer::sum));
                    if (found.isEmpty()) {
                        continue;
                    }
                }
                Reason reason = found.orElse(known);
                if (reason == null) {
                    continue;
                }
                known = known == null ? reason : known;
                reasons.putIfAbsent(reason.cause(), reason);
                copiesByCause
                        .computeIfAbsent(reason.cause(), unseen -> new ArrayList<>())
                        .addAll(alike);
            }
        });
        List<Finding> findings = copiesByCause.entrySet().stream()
                .filter(entry -> scope.covers(entry.getKey()))
                .map(entry -> new Finding(
                        reasons.get(entry.getKey()), entry.getValue(), explained.getOrDefault(entry.getKey(), 0)))
                .sorted(Comparator.comparingInt(
                        (Finding finding) -> -finding.copies().size()))
                .toList();
        return new Examination(
                clock.instant(),
                scope,
                view,
                bedside.settings(),
                indexSwitches(bedside, scope, view, findings),
                findings);
    }

    private static Map<String, String> indexSwitches(
            Bedside bedside, Scope scope, ClusterView view, List<Finding> findings) {
        Set<String> indices = new TreeSet<>();
        if (scope.index() != null && view.hasIndex(scope.index())) {
            indices.add(scope.index());
        }
        findings.stream()
                .filter(finding -> finding.cause() == Cause.INDEX_ALLOCATION_OFF)
                .forEach(finding -> indices.addAll(finding.indices()));
        return indices.isEmpty() ? Map.of() : bedside.indexSetting(indices, Examination.INDEX_SWITCH);
    }

    private static Optional<Reason> reasonOf(Bedside bedside, ClusterView view, Copy copy) {
        boolean delayed = copy.unassigned() != null && copy.unassigned().delayed();
        try {
            return CauseClassifier.classify(bedside.explain(copy.shard(), copy.primary()), delayed, view.nodes());
        } catch (NotAnswered e) {
            if (e.kind() != NotAnswered.Kind.REFUSED) {
                throw e;
            }
            // The index was deleted, or the copy was assigned, since the routing table was read.
            return Optional.empty();
        }
    }

    /** What copies have in common when one of them can speak for the others. */
    private record Kind(boolean primary, CopyState state, String reason, boolean delayed, int failed, String status) {}

    /** A damaged copy is never like its neighbours. */
    private static String damaged(Copy.Unassigned why) {
        return why != null && CauseClassifier.isCorrupt(why.details()) ? " corrupt" : "";
    }

    private static Map<Kind, Map<String, List<Copy>>> group(List<Copy> copies) {
        Map<Kind, Map<String, List<Copy>>> kinds = new LinkedHashMap<>();
        for (Copy copy : copies) {
            Copy.Unassigned why = copy.unassigned();
            Kind kind = copy.state() == CopyState.INITIALIZING || why == null
                    ? new Kind(copy.primary(), copy.state(), damaged(why), false, 0, "")
                    : new Kind(
                            copy.primary(),
                            copy.state(),
                            why.reason() + damaged(why),
                            why.delayed(),
                            why.failedAttempts(),
                            why.allocationStatus());
            kinds.computeIfAbsent(kind, unseen -> new LinkedHashMap<>())
                    .computeIfAbsent(copy.shard().index(), unseen -> new ArrayList<>())
                    .add(copy);
        }
        return kinds;
    }
}
