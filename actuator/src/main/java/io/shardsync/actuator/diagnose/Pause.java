package io.shardsync.actuator.diagnose;

import java.time.Duration;

/** Waits between two looks; whoever stops the command makes it throw. */
@FunctionalInterface
public interface Pause {
    void pause(Duration time);
}
