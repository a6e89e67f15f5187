package io.shardsync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU seconds that nodes of Elasticsearch have used so far in some of their threads, as their JVMs count it for each
 * thread. What the nodes do of themselves is done by others, mostly, and changes by more from minute to minute than a
 * request costs.
 *
 * @param answering of those that read requests, write answers, and work out stats and states
 * @param compiling of the JVMs' compilers: much for a request that is new to a node, and nothing in the end
 */
record Threads(double answering, double compiling) {
    private static final Pattern THREAD = Pattern.compile("^\"([^\"]*)\".* cpu=([0-9.]+)ms.*$");
    private static final Pattern ANSWERING =
            Pattern.compile("elasticsearch\\[[^]]*]\\[(?:transport_worker|management)].*");
    private static final Pattern COMPILING = Pattern.compile("C[12] CompilerThread\\d+");

    private static final double MILLIS = 1000;

    private record Used(String name, double seconds) {}

    static Threads of(Collection<Long> pids) {
        List<Used> all = pids.stream().flatMap(pid -> of(pid).stream()).toList();
        return new Threads(sum(all, ANSWERING), sum(all, COMPILING));
    }

    private static double sum(List<Used> threads, Pattern name) {
        return threads.stream()
                .filter(thread -> name.matcher(thread.name).matches())
                .mapToDouble(Used::seconds)
                .sum();
    }

    private static List<Used> of(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process process = new ProcessBuilder(List.of(jcmd, String.valueOf(pid), "Thread.print"))
                    .redirectErrorStream(true)
                    .start();
            List<Used> threads = process.inputReader()
                    .lines()
                    .map(THREAD::matcher)
                    .filter(Matcher::matches)
                    .map(thread -> new Used(thread.group(1), Double.parseDouble(thread.group(2)) / MILLIS))
                    .toList();
            if (process.waitFor() != 0 || threads.isEmpty()) {
                throw new IllegalStateException("jcmd tells no threads of the node with pid " + pid);
            }
            return threads;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
