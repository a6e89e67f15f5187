package io.shardsync.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shardsync.cli.Stage.Ended;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Terminal;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.shardsync.cli.Stage.example;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is typed, and whatever is answered: it ends with one of the exit codes that are documented, which is never
 * that of a fault of its own, and where it refuses it says why.
 */
class CommandLineFuzzTest {
    /** What xargs hands over unless told otherwise. */
    private static final int LONGEST_LINE = 131_072;

    private static final String ID = "5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11";
    private static final Set<Integer> CODES =
            Arrays.stream(Exit.values()).map(Exit::code).collect(Collectors.toSet());

    private static final String CLUSTERS = "{\"clusters\":["
            + example("cluster.snapshot.v1", "node-lost").strip().replaceAll("}$", "")
            + ",\"replication\":{\"shards\":3,\"health\":{\"no_primary\":0,\"unknown\":0,\"degraded\":2,\"recovering\":0,"
            + "\"lagging\":0,\"in_sync\":1},\"lag_ops\":0,\"lag_bytes\":0,\"lag_bytes_sum\":0,\"lag_unknown\":0,"
            + "\"recoveries\":0},\"healing_paused\":false,\"in_maintenance\":false,\"retired\":false}]}";
    private static final String SHARDS =
            "{\"shards\":[" + example("replication.status.v1", "degraded") + "],\"cursor\":null}";
    private static final String ALERTS = "{\"alerts\":[" + example("alert.v1", "replicas-unassigned") + "]}";
    private static final String RECOVERIES = "{\"recoveries\":[{\"cluster\":\"prod\",\"index\":\"orders\",\"shard\":0,"
            + "\"progress\":{\"recovery_id\":\"x\",\"type\":\"PEER\",\"stage\":\"INDEX\",\"source_node\":\"n3\","
            + "\"target_node\":\"n2\",\"started_at\":null,\"at\":\"2026-11-23T03:59:59Z\",\"bytes_total\":100,"
            + "\"bytes_remaining\":60,\"percent\":40.0,\"bytes_per_second\":1048576,\"eta_ms\":4000,\"stalled_ms\":0,"
            + "\"mode\":\"file_based\"}}],\"commands\":[" + example("recovery.result.v1", "healed") + "]}";
    private static final String ACCEPTED = "{\"command_id\":\"" + ID + "\",\"location\":\"/shards/recovery/" + ID
            + "\",\"command\":" + example("recovery.command.v1", "recover-by-cause") + "}";
    private static final String RESULT = example("recovery.result.v1", "healed");
    private static final String REPORTS = "{\"reports\":["
            + example("consistency.report.v1", "divergent")
                    .replaceAll("\"command_id\": [^,\\n]+", "\"command_id\": \"" + ID + "\"")
            + "]}";

    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    /** One for all inputs: to set it up costs ten times as much as to read an answer. */
    private final CommandLine line = Cli.line(new Io(
            new PrintWriter(out),
            new PrintWriter(err),
            Terminal.NONE,
            Map.of(),
            Clock.fixed(Stage.NOW, ZoneOffset.UTC)));

    private HttpServer server;

    /** @param path whose answer is damaged */
    private record Question(String path, List<String> typed) {
        @Override
        public String toString() {
            return String.join(" ", typed) + ", " + path;
        }
    }

    static Stream<Question> questions() {
        return Stream.of(
                new Question("/clusters", List.of("status")),
                new Question("/shards/replication", List.of("status")),
                new Question("/alerts", List.of("alerts")),
                new Question("/shards/recovery/status", List.of("recoveries")),
                new Question("/shards/recovery/" + ID, List.of("recoveries", ID, "--wait", "--timeout", "1ms")),
                new Question("/shards/recovery", List.of("command", "recover", "--wait", "--timeout", "1ms")));
    }

    @BeforeEach
    void answerEverything() throws IOException {
        answers.put("/clusters", CLUSTERS.getBytes(UTF_8));
        answers.put("/shards/replication", SHARDS.getBytes(UTF_8));
        answers.put("/alerts", ALERTS.getBytes(UTF_8));
        answers.put("/shards/recovery/status", RECOVERIES.getBytes(UTF_8));
        answers.put("/shards/recovery", ACCEPTED.getBytes(UTF_8));
        answers.put("/shards/consistency", REPORTS.getBytes(UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body =
                answerTo(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Commands have ended whatever their id, so nothing is waited for. */
    private byte[] answerTo(String method, String path) {
        if (method.equals("POST")) {
            return answers.get("/shards/recovery");
        }
        byte[] exact = answers.get(path);
        if (exact != null && !path.equals("/shards/recovery")) {
            return exact;
        }
        return path.startsWith("/shards/consistency") ? answers.get("/shards/consistency") : RESULT.getBytes(UTF_8);
    }

    @Test
    void whateverIsTypedItIsUnderstoodOrRefusedInWords() {
        Stream<List<String>> typed = Stream.of(
                List.of(
                        "status",
                        "--cluster",
                        "prod",
                        "--index",
                        "ord*",
                        "--health",
                        "lagging,degraded",
                        "--limit",
                        "5"),
                List.of("status", "--all", "--json"),
                List.of("alerts", "--cluster", "prod", "--name", "NodeLost", "--severity", "critical", "--brief"),
                List.of("alerts", "--resolved", "--watchdog-within", "10m", "--json"),
                List.of("recoveries", "--cluster", "prod"),
                List.of("recoveries", ID, "--wait", "--timeout", "1s"),
                List.of("command", "recover", "--index", "orders", "--shard", "0", "--dry-run", "--expires-in", "15m"),
                List.of("command", "move-shard", "--node", "n1", "--target-node", "n2", "--id", ID, "--reason", "why"),
                List.of("command", "cancel-command", "--of", ID, "--param", "a=b", "--by", "me", "--wait"),
                List.of("verify", "orders", "--shard", "0", "--depth", "content", "--timeout", "1s"));
        Mutations lines = new Mutations(
                Fuzz.SEED,
                typed.map(line -> Json.MAPPER.valueToTree(line).toString().getBytes(UTF_8))
                        .toList());

        Fuzz.Figures figures = Fuzz.runSome("command line, what is typed", lines, input -> isUnderstood(words(input)));

        assertThat(figures.taken()).isPositive();
        assertThat(figures.refused()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void whateverIsAnsweredItIsUnderstoodOrRefusedInWords(Question question) {
        byte[] original = answers.getOrDefault(question.path(), RESULT.getBytes(UTF_8));

        Fuzz.Figures figures = Fuzz.runSome(
                "command line, what is answered to " + question, new Mutations(Fuzz.SEED, List.of(original)), input -> {
                    answers.put(question.path(), input);
                    return isUnderstood(question.typed());
                });

        assertThat(figures.taken()).isPositive();
    }

    private boolean isUnderstood(List<String> typed) {
        List<String> all = new ArrayList<>(typed);
        all.add("--url");
        all.add("http://127.0.0.1:" + server.getAddress().getPort());
        Ended ended = run(all);
        assertThat(CODES).contains(ended.code());
        assertThat(ended.code())
                .as("%s ended with a fault of its own: %s", typed, ended.err())
                .isNotEqualTo(Exit.FAULT.code());
        boolean refused = ended.code() == Exit.USAGE.code() || ended.code() == Exit.UNREACHABLE.code();
        if (refused) {
            assertThat(ended.err()).isNotBlank();
        }
        assertThat(ended.err()).doesNotContain("\tat ");
        return !refused;
    }

    private Ended run(List<String> typed) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        int code = line.execute(typed.toArray(String[]::new));
        return new Ended(code, out.toString(), err.toString());
    }

    /** A damaged line is a list of words all the same, or else a text with blanks between them. */
    private static List<String> words(byte[] input) {
        List<String> words = new ArrayList<>();
        try {
            JsonNode line = Json.MAPPER.readTree(input);
            if (line != null) {
                line.forEach(word -> words.add(word.isTextual() ? word.asText() : word.toString()));
            }
        } catch (IOException damaged) {
            words.addAll(List.of(new String(input, UTF_8).split("[\\s,\"]+")));
        }
        // A shell can't pass on what no file name holds, and a word that begins with @ is a file to read from.
        words.removeIf(word -> word.indexOf('\0') >= 0 || word.startsWith("@"));
        return words.subList(0, fitting(words));
    }

    /** How many of the words are handed over: the parser takes minutes to refuse half a million of one letter each. */
    private static int fitting(List<String> words) {
        int characters = 0;
        for (int i = 0; i < words.size(); i++) {
            characters += words.get(i).length() + 1;
            if (characters > LONGEST_LINE && i > 0) {
                return i;
            }
        }
        return words.size();
    }
}
