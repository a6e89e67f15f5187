package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.Sandbox;

/** Something that goes wrong. A value: it says what, {@link Faults} makes it happen. */
public sealed interface Fault
        permits KillNode, StopNode, FreezeNode, ReadOnlyDataPath, SwitchOffAllocation, DivergeReplica, KillBroker {
    /**
     * Makes it happen, now.
     *
     * @return what undoes it; it returns when the sandbox is whole again as far as this fault goes
     */
    Runnable inject(Sandbox sandbox);
}
