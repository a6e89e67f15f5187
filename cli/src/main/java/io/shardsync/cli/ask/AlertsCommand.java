package io.shardsync.cli.ask;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.shardsync.cli.http.Processor;
import io.shardsync.cli.http.Read;
import io.shardsync.cli.http.ServerOptions;
import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.print.Plain;
import io.shardsync.cli.print.Table;
import io.shardsync.cli.print.Words;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.topic.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** {@code shardsync alerts}. */
@Command(
        name = "alerts",
        description = {
            "Lists the alerts that fire, the most severe first: why, what was done about it, and what to do next.",
            "Exits with 0 if none fires, with 10 if one does, with 11 if it can't be told. What a maintenance window"
                    + " explains is listed and does not count."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync alerts",
            "  shardsync alerts --cluster prod --severity critical",
            "  shardsync alerts --brief                    a line for each",
            "  shardsync alerts --resolved                 those that ended lately as well",
            "  shardsync alerts --json | jq -r '.alerts[] | \"\\(.alertname) \\(.summary)\"'",
        })
public final class AlertsCommand implements Callable<Integer> {
    private static final String WATCHDOG = "Watchdog";
    private static final Pattern RELATIVE = Pattern.compile("[\\w./-]+\\.md");

    private final Io io;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
    private String cluster;

    @Option(names = "--name", paramLabel = "ALERTNAME", description = "Only this rule, such as NodeLost.")
    private String name;

    @Option(
            names = "--severity",
            paramLabel = "SEVERITY",
            defaultValue = "info",
            description = "At least as severe as this: critical, warning or info. Default: ${DEFAULT-VALUE}.")
    private Alert.Severity least;

    @Option(names = "--resolved", description = "Those that ended lately as well.")
    private boolean resolved;

    @Option(names = "--brief", description = "A line for each, without causes and actions.")
    private boolean brief;

    @Option(
            names = "--watchdog-within",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Durations.class,
            description = "How old the Watchdog's last word may be; longer than the processors' alerts.heartbeat.ms."
                    + " Default: ${DEFAULT-VALUE}.")
    private Duration watchdogWithin;

    @Option(names = "--json", description = "The alerts as the HTTP API gives them, for programs.")
    private boolean json;

    public AlertsCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        Processor processor = server.connect(io);
        if (cluster != null) {
            Clusters.of(processor.get("/clusters"), cluster);
        }
        // The Watchdog is of no cluster, and has to be heard whatever is asked for.
        JsonNode answer = processor.get("/alerts");
        List<Alert> all = Read.all(Alert.class, answer.path("alerts"));
        List<Alert> shown = all.stream().filter(this::isAskedFor).toList();
        Instant now = io.clock().instant();
        Optional<String> unwatched = unwatched(all, watchdogWithin, now);
        if (json) {
            ArrayNode chosen = Json.MAPPER.createArrayNode();
            List<String> fingerprints = shown.stream().map(Alert::fingerprint).toList();
            answer.path("alerts").forEach(each -> {
                if (fingerprints.contains(each.path("fingerprint").asText())) {
                    chosen.add(each);
                }
            });
            io.json(Json.MAPPER.createObjectNode().set("alerts", chosen));
        } else if (shown.isEmpty()) {
            io.say("No alert fires" + (cluster == null ? "." : " in " + cluster + "."));
        } else if (brief) {
            io.say(table(shown, now));
        } else {
            shown.forEach(alert -> say(alert, now));
        }
        unwatched.ifPresent(why -> io.note("shardsync: " + why));
        return exit(shown, unwatched.isPresent()).code();
    }

    private boolean isAskedFor(Alert alert) {
        return !alert.alertname().equals(WATCHDOG)
                && alert.severity().compareTo(least) <= 0
                && (resolved || alert.status() != Alert.Status.RESOLVED)
                && (cluster == null || cluster.equals(alert.cluster()))
                && (name == null || name.equals(alert.alertname()));
    }

    /** Silence means that all is well only while somebody watches. */
    static Optional<String> unwatched(List<Alert> all, Duration within, Instant now) {
        Optional<Alert> watchdog =
                all.stream().filter(alert -> alert.alertname().equals(WATCHDOG)).findFirst();
        if (watchdog.isEmpty() || watchdog.get().status() != Alert.Status.FIRING) {
            return Optional.of(
                    "the Watchdog does not fire: nobody judges, so that no alert does not mean that all is well");
        }
        Instant heard = watchdog.get().lastSeen();
        return heard.isBefore(now.minus(within))
                ? Optional.of("the Watchdog was last heard " + Words.ago(heard, now)
                        + ": nobody has judged since, so that no alert does not mean that all is well")
                : Optional.empty();
    }

    static Exit exit(List<Alert> shown, boolean unwatched) {
        List<Alert> counting =
                shown.stream().filter(alert -> alert.silenced() == null).toList();
        if (counting.stream().anyMatch(alert -> alert.status() == Alert.Status.FIRING)) {
            return Exit.ATTENTION;
        }
        return unwatched || counting.stream().anyMatch(alert -> alert.status() == Alert.Status.UNKNOWN)
                ? Exit.UNKNOWN
                : Exit.OK;
    }

    private static Table table(List<Alert> alerts, Instant now) {
        Table table = new Table("SEVERITY", "ALERT", "CLUSTER", "STATE", "SINCE", "SUMMARY");
        alerts.forEach(alert -> table.row(
                Words.code(alert.severity()),
                alert.alertname(),
                alert.cluster(),
                state(alert),
                Words.age(alert.startsAt(), now),
                alert.summary()));
        return table;
    }

    private void say(Alert alert, Instant now) {
        io.say(Words.code(alert.severity()) + "  " + Plain.line(alert.alertname()) + "  " + Plain.line(alert.cluster())
                + "  " + state(alert) + ", began " + Words.ago(alert.startsAt(), now)
                + (alert.occurrences() > 1 ? ", " + alert.occurrences() + " times so far" : ""));
        part("", alert.summary());
        part("seen      ", alert.description());
        part(
                "because   ",
                alert.cause() == null
                        ? null
                        : Words.code(alert.cause().code())
                                + (alert.cause().text() == null
                                        ? ""
                                        : ": " + alert.cause().text()));
        part("healing   ", alert.annotations().get("healing"));
        part("plan      ", alert.annotations().get("plan"));
        part("command   ", alert.actionTaken());
        part("to do     ", alert.suggestedAction());
        part("runbook   ", runbook(alert.runbookUrl()));
        if (alert.silenced() != null) {
            part(
                    "silenced  ",
                    "by " + alert.silenced().by() + ": " + alert.silenced().why());
        }
        io.say("");
    }

    /** A path within the repository is found with the processor as well. */
    private String runbook(String url) {
        return url == null || !RELATIVE.matcher(url).matches()
                ? url
                : server.address(io) + "/runbooks/" + url.substring(url.lastIndexOf('/') + 1);
    }

    private void part(String head, String text) {
        if (text != null && !text.isBlank()) {
            io.say("  " + head + Plain.line(text));
        }
    }

    private static String state(Alert alert) {
        return Words.code(alert.status())
                + (alert.silenced() == null ? "" : ", silenced")
                + (alert.flapping() ? ", flapping" : "");
    }
}
