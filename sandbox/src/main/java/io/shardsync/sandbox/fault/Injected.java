package io.shardsync.sandbox.fault;

/** A fault that happened and can be undone. */
public final class Injected implements AutoCloseable {
    private final Fault fault;
    private final Runnable remedy;
    private boolean undone;

    Injected(Fault fault, Runnable remedy) {
        this.fault = fault;
        this.remedy = remedy;
    }

    /** What happened. */
    public Fault fault() {
        return fault;
    }

    /**
     * Undoes it. Only the first call does; one that failed may be repeated.
     *
     * @throws io.shardsync.sandbox.SandboxException when it could not be undone
     */
    public synchronized void undo() {
        if (!undone) {
            remedy.run();
            undone = true;
        }
    }

    /** {@link #undo()}. */
    @Override
    public void close() {
        undo();
    }
}
