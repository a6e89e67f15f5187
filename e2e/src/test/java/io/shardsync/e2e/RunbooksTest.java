package io.shardsync.e2e;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/** Whoever is woken by an alert finds a page that says what to do. */
class RunbooksTest {
    private static final Path RULES = Path.of("../processor/src/main/java/io/shardsync/processor/alert");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final Pattern ALERTNAME = Pattern.compile("\"((?:[A-Z][a-z]+){2,}|Watchdog)\"");

    @Test
    void everyAlertHasARunbookAndEveryRunbookItsAlert() throws IOException {
        Set<String> expected = alertnames();
        assertThat(expected).contains("ReplicasUnassigned", "Watchdog").hasSizeGreaterThan(12);
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            expected.stream().map(name -> name + ".md").toList());
        }
    }

    @Test
    void everyRunbookSaysHowSevereWhatItMeansAndWhatToDo() throws IOException {
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .startsWith("# " + file.getFileName().toString().replace(".md", "\n"))
                        .contains("Severity: ", "**What it means.**", "**What to do**");
            }
        }
    }

    private static Set<String> alertnames() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.list(RULES)) {
            sources = files.filter(file -> file.getFileName().toString().matches(".*Rules?\\.java"))
                    .toList();
        }
        Set<String> names = new TreeSet<>();
        for (Path source : sources) {
            names.addAll(ALERTNAME
                    .matcher(Files.readString(source))
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .collect(toCollection(TreeSet::new)));
        }
        return names;
    }
}
