package io.shardsync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * What processes have used so far, as the kernel counts it.
 *
 * @param cpuSeconds user and system together; the kernel counts in hundredths
 */
record Cost(double cpuSeconds) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TIME = 11;

    static Cost of(Collection<Long> pids) {
        return new Cost(pids.stream().mapToDouble(Cost::cpuSeconds).sum());
    }

    static Cost of(long pid) {
        return of(List.of(pid));
    }

    double since(Cost earlier) {
        return cpuSeconds - earlier.cpuSeconds;
    }

    private static double cpuSeconds(long pid) {
        String stat = read(pid, "stat");
        // The command's name stands in brackets and may hold blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1])) / TICKS_PER_SECOND;
    }

    /** Resident memory now, in MiB. */
    static long residentMb(long pid) {
        return status(pid, "VmRSS:");
    }

    /** The most resident memory since {@link #forgetPeak}, in MiB. */
    static long peakMb(long pid) {
        return status(pid, "VmHWM:");
    }

    static void forgetPeak(long pid) {
        try {
            Files.writeString(Path.of("/proc", String.valueOf(pid), "clear_refs"), "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long status(long pid, String field) {
        return read(pid, "status")
                        .lines()
                        .filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }

    private static String read(long pid, String name) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
