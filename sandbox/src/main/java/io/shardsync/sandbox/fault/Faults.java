package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.Sandbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;

/** Makes faults happen in one sandbox, and undoes on close what is left of them. */
public final class Faults implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final Sandbox sandbox;
    private final Deque<Injected> applied = new ArrayDeque<>();

    /** Of this sandbox. */
    public Faults(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /**
     * Makes it happen.
     *
     * @throws io.shardsync.sandbox.SandboxException when it cannot, as when there is no such node
     */
    public synchronized Injected apply(Fault fault) {
        LOG.info("fault: {}", fault);
        Injected injected = new Injected(fault, fault.inject(sandbox));
        applied.push(injected);
        return injected;
    }

    /** Undoes what was not undone, the latest first. */
    @Override
    public synchronized void close() {
        while (!applied.isEmpty()) {
            applied.peek().undo();
            applied.pop();
        }
    }
}
