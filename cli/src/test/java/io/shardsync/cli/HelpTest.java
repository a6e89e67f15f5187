package io.shardsync.cli;

import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The help teaches by examples, so these have to be right. */
class HelpTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    static Stream<String> commands() {
        return line().getSubcommands().keySet().stream();
    }

    static Stream<String> examples() {
        return commands()
                .flatMap(name -> Arrays.stream(line().getSubcommands()
                        .get(name)
                        .getCommandSpec()
                        .usageMessage()
                        .footer()))
                .map(String::strip)
                .filter(example -> example.startsWith("shardsync "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandSaysWhatItDoesAndShowsHow(String name) {
        Stage.Ended ended = Stage.run(Terminal.NONE, Map.of(), name, "--help");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("Usage: shardsync " + name).contains("Examples:");
        assertThat(ended.out().lines()).allMatch(line -> line.length() <= 120);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsUnderstood(String example) {
        // The line as a shell would cut it, without what follows in the pipe and without the words beside it.
        String typed = example.split(" {2,}| \\| | >| && ")[0];
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(typed);
        while (matcher.find()) {
            words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        line().parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    }

    @Test
    void theFirstPageListsCommandsAndExitCodes() {
        String help = Stage.run(Terminal.NONE, Map.of(), "--help").out();
        assertThat(help).contains("status").contains("Exit codes:").containsPattern("21 +The command is held");
    }

    @Test
    void colourIsForTerminalsOnly() {
        assertThat(Stage.run(Terminal.NONE, Map.of(), "status", "--help").out()).doesNotContain("\u001b");
        assertThat(Stage.run(new Terminal(true, true, 100, true), Map.of(), "status", "--help")
                        .out())
                .contains("\u001b");
    }

    private static CommandLine line() {
        return Cli.line(new Io(
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()),
                Terminal.NONE,
                Map.of(),
                Clock.systemUTC()));
    }
}
