package io.shardsync.actuator.compare;

/**
 * Why a check ended before its end.
 *
 * @param why for people
 * @param copiesChanged whether the copies are no longer those that were compared
 * @param gone whether there is no such index any more
 */
record Stopped(String why, boolean copiesChanged, boolean gone) {
    static Stopped before(String why) {
        return new Stopped(why, false, false);
    }

    static Stopped byChange(String what, Group now) {
        return new Stopped(what + ", while they were compared", true, now.uuid() == null);
    }
}
