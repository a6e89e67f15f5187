package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyStats;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.Verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts into words and verdicts what a check of one shard has found. Pure. */
final class Findings {
    private static final Counts NO_COUNTS = new Counts(0, 0, 0);
    private static final String NOWHERE = "unassigned";

    private final Task task;
    private final Group group;
    private final List<String> issues = new ArrayList<>();

    Findings(Task task, Group group) {
        this.task = task;
        this.group = group;
    }

    /** One more reason why it is not all well. */
    void issue(String why) {
        issues.add(why);
    }

    /** Nothing could be compared. */
    Checked unchecked(String why, Instant at, Map<String, CopyStats> stats) {
        List<ConsistencyReport.Copy> copies = new ArrayList<>();
        for (Copy copy : group.copies()) {
            copies.add(told(copy, stats, null, Verdict.INCONCLUSIVE, new Differences()));
        }
        addAbsent(copies);
        issues.add(why);
        return told(copies, at, 0, Verdict.INCONCLUSIVE, false, group.uuid() == null);
    }

    /** @param stopped why not everything was compared; empty where it was */
    Checked checked(Standing standing, Optional<Stopped> stopped, Instant at, Map<String, CopyStats> stats) {
        boolean complete = stopped.isEmpty() && issues.isEmpty();
        // Of copies that have changed nothing is known any more, whatever was found before.
        boolean same = stopped.filter(Stopped::copiesChanged).isEmpty();
        List<ConsistencyReport.Copy> copies = new ArrayList<>();
        boolean covers = complete && group.absent() == 0;
        Verdict worst = complete && group.absent() == 0 ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE;
        for (Copy copy : group.copies()) {
            Differences found = copy.primary() ? new Differences() : standing.differences(copy);
            boolean decided = copy.primary() || standing.undecided(copy) == 0;
            Verdict verdict = !found.none() && same
                    ? Verdict.DIVERGENT
                    : complete && decided ? Verdict.CONSISTENT : Verdict.INCONCLUSIVE;
            worst = IndexReport.worse(worst, verdict);
            covers &= found.primaryCovers() && (decided || notAhead(copy, stats));
            copies.add(told(copy, stats, standing.fingerprint(copy), verdict, found));
            if (!found.none()) {
                issues.add(words(copy, found));
            }
            if (!decided) {
                issues.add("nothing could be proved about " + documents(standing.undecided(copy)) + " on "
                        + group.name(copy) + ": " + standing.undecidedWhy(copy));
            }
        }
        addAbsent(copies);
        stopped.map(Stopped::why).ifPresent(issues::add);
        return told(
                copies,
                at,
                standing.share() * 100,
                worst,
                covers,
                stopped.filter(Stopped::gone).isPresent());
    }

    /** A replica that does not catch up has at least seen nothing that its primary has not. */
    private boolean notAhead(Copy replica, Map<String, CopyStats> stats) {
        CopyStats primary = group.primary().map(copy -> stats.get(copy.node())).orElse(null);
        CopyStats own = stats.get(replica.node());
        return primary != null && own != null && own.maxSeqNo() <= primary.maxSeqNo();
    }

    private void addAbsent(List<ConsistencyReport.Copy> copies) {
        for (int i = 0; i < group.absent(); i++) {
            copies.add(new ConsistencyReport.Copy(
                    NOWHERE, null, null, null, null, Verdict.INCONCLUSIVE, List.of(), List.of(), List.of(), NO_COUNTS));
        }
        if (group.absent() > 0) {
            issues.add(group.absent() + (group.absent() == 1 ? " copy has" : " copies have") + " no place");
        }
    }

    private Checked told(
            List<ConsistencyReport.Copy> copies,
            Instant at,
            double coverage,
            Verdict verdict,
            boolean covers,
            boolean gone) {
        return new Checked(
                group.uuid(),
                new ConsistencyReport.Shard(
                        task.shard().number(),
                        at,
                        group.primary().map(group::name).orElse(null),
                        copies,
                        issues,
                        Math.round(coverage * 100) / 100.0,
                        task.depth().word()),
                verdict,
                covers,
                gone);
    }

    private ConsistencyReport.Copy told(
            Copy copy, Map<String, CopyStats> stats, String fingerprint, Verdict verdict, Differences found) {
        Optional<CopyStats> own = Optional.ofNullable(stats.get(copy.node()));
        return new ConsistencyReport.Copy(
                group.name(copy),
                own.map(CopyStats::docs).orElse(null),
                own.map(CopyStats::storeBytes).orElse(null),
                own.map(CopyStats::maxSeqNo).orElse(null),
                fingerprint,
                verdict,
                found.ids(Judgement.MISSING),
                found.ids(Judgement.EXTRA),
                found.ids(Judgement.DIFFERENT),
                found.counts());
    }

    private String words(Copy replica, Differences found) {
        List<String> parts = new ArrayList<>();
        Counts counts = found.counts();
        if (counts.missing() > 0) {
            parts.add("lacks " + documents(counts.missing()) + " of the primary");
        }
        if (counts.extra() > 0) {
            parts.add("has " + documents(counts.extra()) + " that the primary lacks");
        }
        if (counts.different() > 0) {
            parts.add("differs from the primary in " + documents(counts.different()));
        }
        return group.name(replica) + " " + String.join(" and ", parts);
    }

    private static String documents(long count) {
        return count + (count == 1 ? " document" : " documents");
    }
}
