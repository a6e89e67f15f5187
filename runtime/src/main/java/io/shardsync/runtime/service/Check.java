package io.shardsync.runtime.service;

/**
 * One thing that {@code --check} looks at.
 *
 * @param name what it is, for example {@code kafka 127.0.0.1:9092}
 * @param look finds out
 * @param needs the name of another that must be good for this one to make sense; null where there is none
 */
public record Check(String name, Look look, String needs) {
    /** One that stands by itself. */
    public Check(String name, Look look) {
        this(name, look, null);
    }

    /** Looks at one thing. */
    @FunctionalInterface
    public interface Look {
        /**
         * Finds out.
         *
         * @return what was found, in one line
         * @throws Exception when it isn't as it should be; the message says why
         */
        String find() throws Exception;
    }

    /** The line to print. */
    record Result(String name, boolean good, String found) {
        @Override
        public String toString() {
            return (good ? "ok      " : "FAILED  ") + name + ": " + found;
        }
    }

    Result run() {
        try {
            return new Result(name, true, look.find());
        } catch (Exception e) {
            return new Result(name, false, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
