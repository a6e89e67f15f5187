package io.shardsync.cli.print;

import io.shardsync.schemas.model.RecoveryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/** Scripts rest on these numbers. */
class ExitTest {
    private static final Path PAGE = Path.of("../docs/cli.md");

    @ParameterizedTest
    @CsvSource({
        "OK, 0",
        "FAULT, 1",
        "USAGE, 2",
        "UNREACHABLE, 3",
        "REFUSED, 4",
        "TIMEOUT, 5",
        "ATTENTION, 10",
        "UNKNOWN, 11",
        "FAILED, 20",
        "HELD, 21",
        "REJECTED, 22",
        "EXPIRED, 23",
        "CANCELLED, 24"
    })
    void aNumberStaysWhatItIs(Exit exit, int code) {
        assertThat(exit.code()).isEqualTo(code);
    }

    @Test
    void noneIsMissingAbove() {
        assertThat(Exit.values()).hasSize(13);
        assertThat(Arrays.stream(Exit.values()).map(Exit::code)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(RecoveryResult.Status.class)
    void everyEndOfACommandHasAnExitOfItsOwnAndOnlyAGoodOneIsZero(RecoveryResult.Status status) {
        Exit exit = Exit.of(status);
        switch (status) {
            case SUCCEEDED, NOTHING_TO_DO, DRY_RUN -> assertThat(exit).isEqualTo(Exit.OK);
            case ACCEPTED, AWAITING_APPROVAL, RUNNING -> assertThat(exit).isEqualTo(Exit.TIMEOUT);
            default -> assertThat(exit.name()).isEqualTo(status.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Exit.class)
    void thePageSaysWhatTheProgramSays(Exit exit) throws IOException {
        assertThat(Files.readString(PAGE)).contains("| " + exit.code() + " | " + exit.meaning() + " |");
    }
}
