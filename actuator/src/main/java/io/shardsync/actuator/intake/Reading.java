package io.shardsync.actuator.intake;

import io.shardsync.schemas.model.RecoveryCommand;

/** What became of a record's bytes. */
public sealed interface Reading {

    /**
     * A command that can be executed, as far as can be said without asking its cluster.
     *
     * @param command complete
     */
    record Valid(RecoveryCommand command) implements Reading {}

    /**
     * A command that can't, but can be answered.
     *
     * @param commandId as found, valid or not
     * @param readable as much of it as could be read
     * @param why everything that is wrong: found and allowed
     */
    record Invalid(String commandId, RecoveryCommand readable, String why) implements Reading {}

    /**
     * Bytes that can't even be answered.
     *
     * @param why what was found and what is expected
     */
    record Unusable(String why) implements Reading {}
}
