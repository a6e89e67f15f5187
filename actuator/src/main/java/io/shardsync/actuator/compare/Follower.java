package io.shardsync.actuator.compare;

import java.util.Map;
import java.util.function.Supplier;

/** Whoever wants to know how far a check has come. */
public interface Follower {
    /**
     * A piece is done.
     *
     * @param share of the shard, 0 to 1
     * @param message for people
     * @param resume where a successor goes on: JSON values only
     */
    void advanced(double share, String message, Supplier<Map<String, Object>> resume);

    /** It waits. */
    void waits(String why);

    /** Nobody does. */
    static Follower none() {
        return new Follower() {
            @Override
            public void advanced(double share, String message, Supplier<Map<String, Object>> resume) {}

            @Override
            public void waits(String why) {}
        };
    }
}
