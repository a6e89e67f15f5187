package io.shardsync.actuator.plan;

import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;

import java.util.stream.Collectors;

/** What was found, in one sentence. */
final class Words {
    private Words() {}

    static String found(Examination seen) {
        if (seen.findings().isEmpty()) {
            if (seen.scope().cause() != null) {
                return "nothing of this kind in scope (" + seen.scope() + ")";
            }
            return "every copy in scope (" + seen.scope() + ") is assigned and started";
        }
        return seen.findings().stream().map(Words::one).collect(Collectors.joining("; ", seen.scope() + ": ", ""));
    }

    private static String one(Finding finding) {
        int copies = finding.copies().size();
        return copies + (copies == 1 ? " copy " : " copies ") + finding.cause().code();
    }

    static String nothingToDo(Examination seen) {
        if (seen.findings().isEmpty()) {
            return found(seen);
        }
        return "no call is both safe and of use. "
                + seen.findings().stream()
                        .map(finding -> finding.cause().code() + ": "
                                + switch (finding.cause().answer()) {
                                    case WAIT -> "Elasticsearch does it by itself, wait";
                                    case NOTHING_SAFE -> "something is missing that no safe call can bring";
                                    case PEOPLE_ONLY -> "data is at stake, never done automatically";
                                    case ACT -> "not what this command is for";
                                }
                                + " (" + finding.reason().text() + ")")
                        .collect(Collectors.joining("; "));
    }
}
