package io.shardsync.cli.print;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RenderingTest {
    private static final String ESCAPE = "\u001b[2J";

    @Test
    void columnsAreAsWideAsWhatStandsInThem() {
        Table table = new Table("SHARD", "HEALTH", "WHY")
                .row("prod/orders/0", "degraded", "node left")
                .row("prod/u/1", null, "");
        assertThat(table.lines(0))
                .containsExactly(
                        "SHARD          HEALTH    WHY", "prod/orders/0  degraded  node left", "prod/u/1       -");
    }

    @Test
    void aChineseNameTakesTwoColumnsASign() {
        Table table = new Table("INDEX", "HEALTH").row("订单", "lagging").row("abcdef", "lagging");
        assertThat(table.lines(0)).containsExactly("INDEX   HEALTH", "订单    lagging", "abcdef  lagging");
    }

    @Test
    void onlyATerminalCutsTheLastColumn() {
        Table table = new Table("A", "WHY").row("x", "a very long explanation of what was found there");
        assertThat(table.lines(30)).contains("x  a very long explanation of…").noneMatch(line -> line.length() > 30);
        assertThat(table.lines(0)).contains("x  a very long explanation of what was found there");
    }

    @Test
    void whatAClusterSaysCanNotSpeakToTheTerminal() {
        assertThat(Plain.line("before" + ESCAPE + "\r\nafter\u0007\u009b31m\u202e"))
                .isEqualTo("before�[2J after��31m�");
        assertThat(new Table("A").row(ESCAPE).lines(0)).noneMatch(line -> line.contains("\u001b"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "13002342, 12.4 MiB",
        "356515840, 340 MiB",
        "1125899906842624, 1.0 PiB"
    })
    void sizesAreSaidInBinaryUnits(long bytes, String words) {
        assertThat(Words.bytes(bytes)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "-5000, 0 s",
        "89400, 89 s",
        "90000, 2 min",
        "5340000, 89 min",
        "5400000, 1 h 30 min",
        "7200000, 2 h",
        "345600000, 4 d"
    })
    void timesAreSaidInTheUnitThatMatters(long ms, String words) {
        assertThat(Words.duration(ms)).isEqualTo(words);
    }

    @Test
    void whatIsNotKnownIsSaidToBeUnknown() {
        assertThat(Words.bytes(null)).isEqualTo("unknown");
        assertThat(Words.count(null)).isEqualTo("unknown");
        assertThat(Words.duration(null)).isEqualTo("unknown");
        assertThat(Bar.of(null)).isEqualTo("[????????????????????]");
    }

    @Test
    void aBarIsFullOnlyWhenItIsDone() {
        assertThat(Bar.of(99.9)).isEqualTo("[###################.]  99.9 %");
        assertThat(Bar.of(100.0)).isEqualTo("[####################] 100.0 %");
        assertThat(Bar.of(-3.0)).isEqualTo("[....................]   0.0 %");
    }

    @Test
    void aJobsLogGetsALineForEachThingThatIsNewAndNoControlCharacters() {
        StringWriter err = new StringWriter();
        try (ProgressLine line = new ProgressLine(io(err, Terminal.NONE))) {
            line.show("running: moving", "10 %");
            line.show("running: moving", "20 %");
            line.show("succeeded: moved", "");
        }
        assertThat(err.toString().lines()).containsExactly("running: moving  10 %", "succeeded: moved");
        assertThat(err.toString().chars()).allMatch(each -> each >= ' ' || each == '\n');
    }

    @Test
    void aTerminalGetsOneLineThatIsWrittenOverAndClearedAtTheEnd() {
        StringWriter err = new StringWriter();
        try (ProgressLine line = new ProgressLine(io(err, new Terminal(true, true, 40, false)))) {
            line.show("running: moving", "10 %");
            line.show("running: moving", "20 %");
        }
        assertThat(err.toString())
                .isEqualTo("\r\u001b[Krunning: moving  10 %\r\u001b[Krunning: moving  20 %\r\u001b[K")
                .doesNotContain("\n");
    }

    @Test
    void theLauncherSaysWhatIsATerminalAndTheEnvironmentWhatItCan() {
        Properties properties = new Properties();
        assertThat(Terminal.of(properties, Map.of())).isEqualTo(Terminal.NONE);
        properties.setProperty("shardsync.tty", "out,err");
        properties.setProperty("shardsync.columns", "132");
        assertThat(Terminal.of(properties, Map.of())).isEqualTo(new Terminal(true, true, 132, true));
        assertThat(Terminal.of(properties, Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(Terminal.of(properties, Map.of("TERM", "dumb"))).isEqualTo(new Terminal(true, false, 132, false));
        properties.setProperty("shardsync.columns", "");
        assertThat(Terminal.of(properties, Map.of()).width()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "90s, PT1M30S", "10m, PT10M", "2h, PT2H", "7d, PT168H"})
    void durationsAreReadAsTheyAreSaid(String text, Duration duration) {
        assertThat(new Durations().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "-1s", "1.5h", "10 m", "PT1M"})
    void anythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> new Durations().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("allowed: a whole number with ms, s, m, h or d");
    }

    private static Io io(StringWriter err, Terminal terminal) {
        return new Io(new PrintWriter(new StringWriter()), new PrintWriter(err), terminal, Map.of(), Clock.systemUTC());
    }
}
