package io.shardsync.cli;

import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever copies a command from a page at three in the morning must not learn then that it is not understood. */
class DocumentedCommandsTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?:sh|zsh|bash)\\n(.*?)^```$");
    private static final Pattern INLINE = Pattern.compile("`(\\./shardsync [^`\\n]*)`");

    /** Up to where the shell takes over again: a pipe, a redirection, another command, a comment. */
    private static final Pattern COMMAND =
            Pattern.compile("\\./shardsync((?:\\s+(?:'[^']*'|\"[^\"]*\"|[^\\s|>&;)#'\"]+)+)*)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private static final String ID = "5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11";

    /** What stands for something of the reader's own. */
    private static final Map<String, String> PLACEHOLDERS =
            Map.of("TYPE", "recover", "TOPIC", "alert", "COMMAND", "status", "SERVICE", "collector", "$id", ID);

    static Stream<Path> pages() {
        try (Stream<Path> docs = Files.walk(HOME.resolve("docs"));
                Stream<Path> top = Files.list(HOME)) {
            return Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> commands() {
        return pages().flatMap(page -> commands(page).stream().map(command -> HOME.relativize(page) + ": " + command));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whatAPageShowsIsUnderstood(String pageAndCommand) {
        List<String> words = words(pageAndCommand.substring(pageAndCommand.indexOf("./shardsync") + 11));
        String[] args = words.stream()
                .map(word -> PLACEHOLDERS.getOrDefault(word, word))
                .toArray(String[]::new);
        Map<String, Boolean> launched = CompletionCommand.LAUNCHED.get(args[0]);
        if (launched == null) {
            CommandLine line = Cli.line(new Io(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    Terminal.NONE,
                    Map.of(),
                    Clock.systemUTC()));
            // A word alone may name a command without being one to type.
            assertThat(line.getSubcommands()).as(pageAndCommand).containsKey(args[0]);
            if (args.length > 1) {
                line.parseArgs(args);
            }
        } else {
            for (int i = 1; i < args.length; i++) {
                assertThat(launched).as(pageAndCommand).containsKey(args[i]);
                i += launched.get(args[i]) ? 1 : 0;
            }
        }
    }

    @Test
    void thePagesAreFullOfThem() {
        assertThat(commands()).hasSizeGreaterThan(60).anyMatch(each -> each.startsWith("docs/runbooks/NodeLost.md"));
    }

    @Test
    void everyRunbookSaysWhichCommandsToBeginWith() throws IOException {
        try (Stream<Path> runbooks = Files.list(HOME.resolve("docs/runbooks"))) {
            assertThat(runbooks).allSatisfy(page -> assertThat(commands(page)).isNotEmpty());
        }
    }

    private static List<String> commands(Path page) {
        String text;
        try {
            text = Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> found = new ArrayList<>();
        BLOCK.matcher(text)
                .results()
                .flatMap(block -> block.group(1).replace("\\\n", " ").lines())
                .forEach(line -> find(line, found));
        INLINE.matcher(text)
                .results()
                .map(match -> match.group(1))
                // One of several words, as in a list of what there is.
                .filter(command -> !command.contains("|") && !command.contains("…"))
                .forEach(line -> find(line, found));
        return found;
    }

    private static void find(String line, List<String> into) {
        COMMAND.matcher(line)
                .results()
                .filter(match -> !match.group(1).isBlank())
                .forEach(match -> into.add("./shardsync" + match.group(1)));
    }

    private static List<String> words(String typed) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(typed);
        while (matcher.find()) {
            words.add(
                    matcher.group(1) != null
                            ? matcher.group(1)
                            : matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
        }
        return words;
    }
}
