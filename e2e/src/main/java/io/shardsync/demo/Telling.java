package io.shardsync.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens, with seconds since the start, or since the fault it follows from. */
public final class Telling {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private long fault = start;
    private int missed;

    public Telling(PrintStream out) {
        this.out = out;
    }

    void say(String line) {
        print(String.format(Locale.ROOT, "[%6.1f s] %s", secondsSince(start), line));
    }

    /** What is done to the cluster; what follows is timed from here. */
    void fault(String line) {
        fault = System.nanoTime();
        print("");
        print(String.format(Locale.ROOT, "[%6.1f s] FAULT  %s", secondsSince(start), line));
    }

    void seen(String line) {
        print(String.format(Locale.ROOT, "           +%5.1f s  seen    %s", secondsSince(fault), line));
    }

    void missed(String line) {
        missed++;
        print(String.format(Locale.ROOT, "           +%5.1f s  MISSED  %s", secondsSince(fault), line));
    }

    /** How many steps of the story were not observed. */
    int missed() {
        return missed;
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / (double) Duration.ofSeconds(1).toNanos();
    }
}
