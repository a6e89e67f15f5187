package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.Broker;
import io.shardsync.sandbox.Sandbox;

/**
 * A Kafka broker loses power (SIGKILL). Undone by starting it with the data it has.
 *
 * @param id its {@code node.id}, from 1
 */
public record KillBroker(int id) implements Fault {
    @Override
    public Runnable inject(Sandbox sandbox) {
        Broker victim = sandbox.kafka().broker(id);
        victim.kill();
        return victim::start;
    }
}
