package io.shardsync.runtime.service;

/** Where a thread reports what the service can't survive: the process then stops in order, with exit code 1. */
@FunctionalInterface
public interface Fatal {
    /** Ends the service. Returns at once; later reports are logged only. */
    void fatal(Throwable cause);

    /** For threads of one's own: whatever they let escape is fatal. */
    default Thread.UncaughtExceptionHandler uncaught() {
        return (thread, cause) -> fatal(cause);
    }

    /** A task that can't die in silence inside an executor. */
    default Runnable guard(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error escaped) {
                fatal(escaped);
                throw escaped;
            }
        };
    }
}
