package io.shardsync.cli.print;

import io.shardsync.schemas.model.RecoveryResult;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How a command ends, for scripts: numbers are never given another meaning. */
public enum Exit {
    OK(0, "All is as it should be, or what was asked for is done."),
    FAULT(1, "A fault of this program's own."),
    USAGE(2, "The command line or the configuration is wrong, or names something that is not there."),
    UNREACHABLE(3, "The processor or Kafka does not answer, or is not ready."),
    REFUSED(4, "A token is missing, or is not one of the configured ones."),
    TIMEOUT(5, "Waited for as long as allowed; what was sent goes on."),
    ATTENTION(10, "Something is not in sync, an alert fires, a recovery stands still, or copies diverge."),
    UNKNOWN(11, "It can't be told: a cluster is not seen, nobody judges, or a check ended inconclusive."),
    FAILED(20, "The command failed."),
    HELD(21, "The command is held: a safety rule said no."),
    REJECTED(22, "The command was rejected."),
    EXPIRED(23, "The command expired before it was started."),
    CANCELLED(24, "The command was cancelled.");

    /** {@link #USAGE} where an annotation needs a constant. */
    public static final int USAGE_CODE = 2;

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /** All of them by number, for the help. */
    public static Map<String, String> list() {
        return Arrays.stream(values())
                .collect(Collectors.toMap(
                        exit -> String.valueOf(exit.code), Exit::meaning, (one, other) -> one, LinkedHashMap::new));
    }

    /** @param status a command's last one; a command that goes on is waited for no longer */
    public static Exit of(RecoveryResult.Status status) {
        return switch (status) {
            case SUCCEEDED, NOTHING_TO_DO, DRY_RUN -> OK;
            case FAILED -> FAILED;
            case HELD -> HELD;
            case REJECTED -> REJECTED;
            case EXPIRED -> EXPIRED;
            case CANCELLED -> CANCELLED;
            case ACCEPTED, AWAITING_APPROVAL, RUNNING -> TIMEOUT;
        };
    }
}
