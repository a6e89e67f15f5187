package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.SettingsView;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that was seen when a command was looked into.
 *
 * @param at when
 * @param scope what was looked at
 * @param view routing table and nodes
 * @param settings cluster settings that are set
 * @param indexSwitches {@code index.routing.allocation.enable} by index, where it is set and matters here
 * @param findings why copies are not as they should be
 * @param rehearsals where copies could go, of those that the command may move
 */
public record Examination(
        Instant at,
        Scope scope,
        ClusterView view,
        SettingsView settings,
        Map<String, String> indexSwitches,
        List<Finding> findings,
        List<Rehearsal> rehearsals) {
    /** The index setting that switches allocation off for one index. */
    public static final String INDEX_SWITCH = "index.routing.allocation.enable";

    public Examination {
        indexSwitches = Map.copyOf(indexSwitches);
        findings = List.copyOf(findings);
        rehearsals = List.copyOf(rehearsals);
    }

    /** Without rehearsals. */
    public Examination(
            Instant at,
            Scope scope,
            ClusterView view,
            SettingsView settings,
            Map<String, String> indexSwitches,
            List<Finding> findings) {
        this(at, scope, view, settings, indexSwitches, findings, List.of());
    }

    /** The same with other findings. */
    public Examination with(List<Finding> others) {
        return new Examination(at, scope, view, settings, indexSwitches, others, rehearsals);
    }

    /** The same after a while, with the routing table of now. */
    Examination renewed(Instant later, ClusterView now) {
        return new Examination(later, scope, now, settings, indexSwitches, findings, rehearsals);
    }

    /** The same, knowing where copies could go. */
    public Examination rehearsed(List<Rehearsal> places) {
        return new Examination(at, scope, view, settings, indexSwitches, findings, places);
    }

    /** The findings of one cause. */
    public Optional<Finding> of(Cause cause) {
        return findings.stream().filter(finding -> finding.cause() == cause).findFirst();
    }

    /** Whether everything found only needs time. */
    public boolean onlyWaiting() {
        return !findings.isEmpty()
                && findings.stream().allMatch(finding -> finding.cause().answer() == Cause.Answer.WAIT);
    }
}
