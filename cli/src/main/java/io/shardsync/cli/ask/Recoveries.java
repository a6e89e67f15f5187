package io.shardsync.cli.ask;

import io.shardsync.cli.print.Bar;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import static java.util.Objects.requireNonNull;

/** Recoveries that run. */
final class Recoveries {
    /** As the dashboard marks them. */
    static final long STALLED_MS = 30_000;

    private Recoveries() {}

    /** As {@code GET /shards/recovery/status} lists them. */
    record Running(String cluster, String index, int shard, RecoveryProgress progress) {
        Running {
            requireNonNull(progress, "progress");
        }

        boolean stalled() {
            return progress.stalledMs() >= STALLED_MS;
        }
    }

    /** Those that stand still first, then those with most before them. */
    static Table table(List<Running> recoveries) {
        Table table = new Table("SHARD", "FROM", "TO", "STAGE", "PROGRESS", "TO GO", "RATE", "LEFT", "BESIDES");
        recoveries.stream()
                .sorted(Comparator.comparing((Running each) -> -each.progress().stalledMs())
                        .thenComparing(each -> -each.progress().bytesRemaining()))
                .forEach(each -> {
                    RecoveryProgress progress = each.progress();
                    table.row(
                            each.cluster() + "/" + each.index() + "/" + each.shard(),
                            source(progress),
                            progress.targetNode(),
                            Words.code(progress.stage()),
                            Bar.of(progress.percent()),
                            Words.bytes(progress.bytesRemaining()),
                            progress.bytesPerSecond() == null ? "-" : Words.bytes(progress.bytesPerSecond()) + "/s",
                            progress.etaMs() == null ? "-" : Words.duration(progress.etaMs()),
                            besides(each));
                });
        return table;
    }

    private static String besides(Running each) {
        if (each.stalled()) {
            return "stalled for " + Words.duration(each.progress().stalledMs());
        }
        return each.progress().mode() == RecoveryEvent.Mode.OPERATION_BASED ? "replays operations" : "";
    }

    static String source(RecoveryProgress progress) {
        return progress.sourceNode() == null ? "own files" : progress.sourceNode();
    }

    static String percent(RecoveryProgress progress) {
        return progress.percent() == null
                ? "percentage not known"
                : String.format(Locale.ROOT, "%.1f %%", progress.percent());
    }
}
