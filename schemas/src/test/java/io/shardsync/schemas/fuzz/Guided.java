package io.shardsync.schemas.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Fuzzing that looks at which code an input reaches, and goes on from those that reach more: Jazzer, in a process of
 * its own. It finds what {@link Mutations} would have to be told of; those find what is many steps away from any code.
 */
public final class Guided {
    private static final long INPUTS = Long.getLong("fuzz.inputs", 20_000);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern COVERAGE = Pattern.compile("DONE +cov: (\\d+)");
    private static final long PATIENCE_MINUTES = 90;
    private static final int SHOWN = 8_000;

    private Guided() {}

    /**
     * Reads as many inputs as {@code -Dfuzz.inputs} says.
     *
     * @param what names the reader
     * @param target has {@code public static void fuzzerTestOneInput(byte[])}; whatever that throws is a finding
     * @param properties of the process, to tell the target which reader is meant
     * @param originals to begin with
     * @throws AssertionError with the stack and the input of what crashed the reader, or kept it for a minute
     */
    public static void run(
            String what, Class<?> target, Map<String, String> properties, List<byte[]> originals, Path folder)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 0; i < originals.size(); i++) {
            Files.write(corpus.resolve("original-" + i), originals.get(i));
        }
        Path output = folder.resolve("output.txt");
        Process jazzer = new ProcessBuilder(command(target, properties, folder, corpus))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = jazzer.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        jazzer.destroyForcibly();
        String said = Files.readString(output, UTF_8);
        Matcher done = DONE.matcher(said);
        if (!ended || jazzer.waitFor() != 0 || !done.find()) {
            throw new AssertionError("fuzz: " + what + " was not read to the end: "
                    + said.substring(Math.max(0, said.length() - SHOWN)));
        }
        Matcher coverage = COVERAGE.matcher(said);
        // For people who ran it to have the figures.
        System.out.printf(
                "fuzz %s, guided: %,d inputs, %s places reached, all %s s%n",
                what, Long.parseLong(done.group(1)), coverage.find() ? coverage.group(1) : "?", done.group(2));
    }

    private static List<String> command(Class<?> target, Map<String, String> properties, Path folder, Path corpus) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of(
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=io.shardsync.**:com.fasterxml.jackson.core.json.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-seed=" + Fuzz.SEED,
                "-timeout=60",
                "-max_len=65536",
                "-runs=" + INPUTS,
                corpus.toString()));
        return command;
    }
}
