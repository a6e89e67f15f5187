package io.shardsync.chaos;

import io.shardsync.chaos.History.Struck;
import io.shardsync.chaos.History.Told;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A run in Markdown, for people and for docs/reliability.md. */
final class Table {
    private Table() {}

    /** One line for each blow. */
    static String ofBlows(List<Struck> struck, List<Told> alerts) {
        return struck.stream()
                .map(one -> "| " + one.from() + " | `" + one.blow() + "` | "
                        + one.blow().sign().map(Blow.Sign::alertname).orElse("nothing to tell") + " | "
                        + one.detection(alerts).map(Table::seconds).orElse("") + " | "
                        + seconds(Duration.between(one.undone(), one.calm())) + " |\n")
                .collect(Collectors.joining(
                        "",
                        "| struck at | blow | told as | after (s) | calm after its end (s) |\n|---|---|---|--:|--:|\n",
                        ""));
    }

    /** One line for each kind of blow that has to be told. */
    static String ofDetection(List<Struck> struck, List<Told> alerts) {
        Map<String, List<Duration>> byKind = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        struck.forEach(one -> {
            String kind = one.blow().getClass().getSimpleName()
                    + one.blow().node().map(node -> " of a node").orElse("");
            counts.merge(kind, 1, Integer::sum);
            one.detection(alerts).ifPresent(after -> byKind.computeIfAbsent(kind, none -> new java.util.ArrayList<>())
                    .add(after));
        });
        StringBuilder table =
                new StringBuilder("| blow | times | told | median (s) | slowest (s) |\n|---|--:|--:|--:|--:|\n");
        counts.forEach((kind, count) -> {
            List<Duration> all =
                    byKind.getOrDefault(kind, List.of()).stream().sorted().toList();
            table.append("| ")
                    .append(kind)
                    .append(" | ")
                    .append(count)
                    .append(" | ")
                    .append(all.size())
                    .append(" | ")
                    .append(all.isEmpty() ? "" : seconds(all.get(all.size() / 2)))
                    .append(" | ")
                    .append(all.isEmpty() ? "" : seconds(all.get(all.size() - 1)))
                    .append(" |\n");
        });
        return table.toString();
    }

    private static String seconds(Duration duration) {
        return "%.1f".formatted(duration.toMillis() / 1000.0);
    }
}
