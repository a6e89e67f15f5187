package io.shardsync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU that nodes of Elasticsearch have used so far in the threads that answer requests, as their JVMs count it for each
 * thread. What the nodes do of themselves is done by others, mostly, and changes by more from minute to minute than a
 * request costs. Compilers and garbage collectors are not in it.
 */
final class Answering {
    /** Those that read requests and write answers, and those that work out stats and states. */
    private static final Pattern THREAD =
            Pattern.compile("^\"elasticsearch\\[[^]]*]\\[(?:transport_worker|management)].* cpu=([0-9.]+)ms.*$");

    private static final double MILLIS = 1000;

    private Answering() {}

    static double cpuSeconds(Collection<Long> pids) {
        return pids.stream().mapToDouble(Answering::cpuSeconds).sum();
    }

    private static double cpuSeconds(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process process = new ProcessBuilder(List.of(jcmd, String.valueOf(pid), "Thread.print"))
                    .redirectErrorStream(true)
                    .start();
            List<Double> threads = process.inputReader()
                    .lines()
                    .map(THREAD::matcher)
                    .filter(Matcher::matches)
                    .map(thread -> Double.parseDouble(thread.group(1)) / MILLIS)
                    .toList();
            if (process.waitFor() != 0 || threads.isEmpty()) {
                throw new IllegalStateException("jcmd tells no threads of the node with pid " + pid);
            }
            return threads.stream().mapToDouble(Double::doubleValue).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
