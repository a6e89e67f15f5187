package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.diagnose.Pause;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks several copies at the same moment, so that writes that go on make little difference. */
final class Reads {
    private final CopyReader reader;
    private final ExecutorService threads;
    private final Pause pause;
    private long slowestNanos;

    /** @param threads as many as there are copies to ask, or they wait for one another */
    Reads(CopyReader reader, ExecutorService threads, Pause pause) {
        this.reader = reader;
        this.threads = threads;
        this.pause = pause;
    }

    CopyReader reader() {
        return reader;
    }

    /** The same of each copy. */
    <T> Map<Copy, T> each(Collection<Copy> copies, Function<Copy, T> read) {
        Map<Copy, Future<Timed<T>>> running = new LinkedHashMap<>();
        copies.forEach(copy -> running.put(copy, threads.submit(() -> timed(copy, read))));
        Map<Copy, T> answers = new LinkedHashMap<>();
        running.forEach((copy, answer) -> {
            Timed<T> timed = await(answer);
            slowestNanos = Math.max(slowestNanos, timed.nanos());
            answers.put(copy, timed.value());
        });
        return answers;
    }

    private record Timed<T>(T value, long nanos) {}

    private static <T> Timed<T> timed(Copy copy, Function<Copy, T> read) {
        long begun = System.nanoTime();
        T value = read.apply(copy);
        return new Timed<>(value, System.nanoTime() - begun);
    }

    private <T> T await(Future<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // It knows what to throw at somebody who is told to stop.
            pause.pause(Duration.ZERO);
            throw new IllegalStateException("interrupted while a copy was read", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotAnswered known) {
                throw known;
            }
            throw new IllegalStateException("reading a copy failed: " + e.getCause(), e.getCause());
        }
    }

    /** How long the slowest answer took since this was asked last. */
    Duration slowest() {
        Duration slowest = Duration.ofNanos(slowestNanos);
        slowestNanos = 0;
        return slowest;
    }
}
