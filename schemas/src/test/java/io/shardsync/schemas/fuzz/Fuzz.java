package io.shardsync.schemas.fuzz;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Gives a reader damaged inputs, as many as {@code -Dfuzz.inputs} says: a few seconds' worth by default, a million with
 * {@code -Plong}. {@code -Dfuzz.what=TEXT} gives so many only to readers with this in their name, a few to the others;
 * {@code -Dfuzz.only=NUMBER} replays a single one.
 */
public final class Fuzz {
    /** The same in every run, so that a red build is red again. */
    public static final long SEED = 20_261_123;

    private static final long FEW = 20_000;
    private static final long INPUTS = Long.getLong("fuzz.inputs", FEW);
    private static final String WHAT = System.getProperty("fuzz.what", "");
    private static final long ONLY = Long.getLong("fuzz.only", -1);

    /** Far beyond the slowest input on a busy machine; it tells an endless loop from a slow one. */
    private static final Duration ENDLESS = Duration.ofMinutes(1);

    private static final int SHOWN = 2_000;
    /** One in so many, by default and where many are asked for. */
    private static final int SOME_OF_FEW = 100;

    private static final int SOME_OF_MANY = 20;

    private Fuzz() {}

    /** Something that reads what others wrote. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads one input.
         *
         * @return whether it was taken; false where it was refused as it should be
         * @throws Throwable whatever is thrown is a finding
         */
        boolean read(byte[] input) throws Throwable;
    }

    /** How a run went: read = taken + refused. */
    public record Figures(long read, long taken, long refused) {}

    /**
     * Reads all inputs.
     *
     * @param what names the reader
     * @throws AssertionError naming seed, number and input of what crashed the reader, or kept it for a minute
     */
    public static Figures run(String what, Mutations inputs, Reader reader) {
        return run(what, many(what), inputs, reader);
    }

    /** The same with one input in twenty (a hundred by default), for what goes through a whole program with each. */
    public static Figures runSome(String what, Mutations inputs, Reader reader) {
        long many = many(what);
        return run(what, many / (many > FEW ? SOME_OF_MANY : SOME_OF_FEW), inputs, reader);
    }

    private static long many(String what) {
        return what.contains(WHAT) ? INPUTS : Math.min(INPUTS, FEW);
    }

    private static Figures run(String what, long count, Mutations inputs, Reader reader) {
        AtomicLong reached = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        AtomicLong slowest = new AtomicLong();
        AtomicReference<AssertionError> crash = new AtomicReference<>();
        long first = Math.max(0, ONLY);
        long end = ONLY < 0 ? count : ONLY + 1;
        long begun = System.nanoTime();
        Thread thread = new Thread(
                () -> {
                    for (long number = first; number < end && crash.get() == null; number++) {
                        reached.set(number);
                        byte[] input = inputs.input(number);
                        long started = System.nanoTime();
                        try {
                            if (reader.read(input)) {
                                taken.incrementAndGet();
                            }
                        } catch (Throwable finding) {
                            crash.set(finding(what + " crashed", inputs, number, finding));
                        }
                        slowest.accumulateAndGet(System.nanoTime() - started, Math::max);
                    }
                },
                "fuzz-" + what);
        thread.setDaemon(true);
        thread.start();
        watch(what, inputs, thread, reached);
        if (crash.get() != null) {
            throw crash.get();
        }
        Figures figures = new Figures(end - first, taken.get(), end - first - taken.get());
        // For people who ran it to have the figures.
        System.out.printf(
                "fuzz %s: %,d inputs, %,d taken, %,d refused, slowest %d ms, all %d s%n",
                what,
                figures.read(),
                figures.taken(),
                figures.refused(),
                Duration.ofNanos(slowest.get()).toMillis(),
                Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        return figures;
    }

    private static void watch(String what, Mutations inputs, Thread thread, AtomicLong reached) {
        try {
            while (true) {
                long before = reached.get();
                thread.join(ENDLESS.toMillis());
                if (!thread.isAlive()) {
                    return;
                }
                if (reached.get() == before) {
                    IllegalStateException where = new IllegalStateException("it is here");
                    where.setStackTrace(thread.getStackTrace());
                    throw finding(what + " has not ended after " + ENDLESS, inputs, before, where);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while fuzzing " + what, e);
        }
    }

    private static AssertionError finding(String what, Mutations inputs, long number, Throwable cause) {
        byte[] input = inputs.input(number);
        return new AssertionError(
                "fuzz: " + what + " on input " + number + " of seed " + inputs.seed() + ", " + input.length
                        + " bytes, replay with -Dfuzz.only=" + number + ": "
                        + new String(Arrays.copyOf(input, Math.min(input.length, SHOWN)), ISO_8859_1),
                cause);
    }
}
