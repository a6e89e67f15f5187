package io.shardsync.chaos;

import io.shardsync.chaos.History.CopyThere;
import io.shardsync.chaos.History.Place;
import io.shardsync.chaos.History.Struck;
import io.shardsync.chaos.History.Told;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Step;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must hold whatever breaks. Pure: each looks at the history and says in words what is wrong with it. */
enum Invariants {
    NO_ALERT_WITHOUT_A_CAUSE(Invariants::unexplained),
    WHAT_SHOULD_BE_SEEN_WAS_TOLD_IN_TIME(Invariants::untold),
    EVERY_FIRING_ALERT_ENDED(Invariants::unended),
    EVERY_COMMAND_ENDED_EXACTLY_ONCE(Invariants::endings),
    NO_CALL_WITHOUT_A_DIAGNOSIS_AND_AN_INTENT(Invariants::unprepared),
    NO_CALL_BEYOND_THE_ALLOWED_ONES(Invariants::forbidden),
    NO_CALL_BEYOND_THE_INTENDED_ONES(Invariants::unintended),
    SETTINGS_ARE_AS_THEY_WERE(Invariants::settings),
    STATUSES_ARE_WHAT_ELASTICSEARCH_SAYS(Invariants::statuses),
    NOTHING_IS_LOST_AND_NOTHING_TOLD_TWICE(Invariants::lost),
    MEMORY_AND_HANDLES_ARE_BOUNDED(Invariants::uses);

    /** An alert may still be on its way when calm has set in. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    /** The actuator's own, {@code Calls}; with what asks by POST: searches, explanations, what one may do. */
    private static final List<Pattern> ALLOWED = List.of(
            Pattern.compile("actuator-\\d POST /_cluster/reroute\\?(?=.*\\bmetric=none\\b).*"),
            Pattern.compile("actuator-\\d POST /_cluster/reroute\\?(?=.*\\bdry_run=true\\b).*"),
            Pattern.compile("actuator-\\d PUT /_cluster/settings(\\?.*)?"),
            Pattern.compile("actuator-\\d PUT /[^/?]+/_settings(\\?.*)?"),
            Pattern.compile("actuator-\\d POST /_cluster/allocation/explain(\\?.*)?"),
            Pattern.compile("actuator-\\d POST /([^/?]+/)?_search(\\?.*)?"),
            Pattern.compile("actuator-\\d POST /[^/?]+/_refresh(\\?.*)?"),
            Pattern.compile("(actuator|collector)-\\d POST /_security/user/_has_privileges"));

    /** Of those, the ones that change something. */
    private static final Pattern CHANGING =
            Pattern.compile("POST /_cluster/reroute\\?(?!.*\\bdry_run=true\\b).*|PUT /.*settings(\\?.*)?");

    private static final long MOST_HANDLES = 1_000;

    /** Beyond the heap: code, threads, RocksDB and network buffers. */
    private static final long MOST_BESIDE_HEAP_MB = 400;

    private final Function<History, List<String>> check;

    Invariants(Function<History, List<String>> check) {
        this.check = check;
    }

    /** In words; empty where it holds. */
    List<String> breaches(History history) {
        return check.apply(history);
    }

    /** All that is wrong, by invariant. */
    static Map<Invariants, List<String>> allBreaches(History history) {
        Map<Invariants, List<String>> all = new LinkedHashMap<>();
        for (Invariants each : values()) {
            List<String> breaches = each.breaches(history);
            if (!breaches.isEmpty()) {
                all.put(each, breaches);
            }
        }
        return all;
    }

    private static List<String> unexplained(History history) {
        List<String> breaches = new ArrayList<>();
        Set<String> lives = new HashSet<>();
        for (Told told : history.alerts()) {
            Alert alert = told.alert();
            boolean begins =
                    alert.status() == Alert.Status.FIRING && lives.add(alert.fingerprint() + "@" + alert.startsAt());
            if (begins && history.struck().stream().noneMatch(struck -> explains(struck, told))) {
                breaches.add(alert.alertname() + " " + alert.labels() + " fired at " + told.at()
                        + " and nothing explains it: " + alert.summary());
            }
        }
        return breaches;
    }

    private static boolean explains(Struck struck, Told told) {
        Alert alert = told.alert();
        Optional<String> hit = struck.blow().node();
        boolean otherNode = alert.alertname().startsWith("Node")
                && hit.isPresent()
                && !hit.get().equals(alert.labels().get("node"));
        return struck.blow().explains().contains(alert.alertname())
                && !otherNode
                && !told.at().isBefore(struck.from())
                && !told.at().isAfter(struck.calm().plus(SLACK));
    }

    private static List<String> untold(History history) {
        List<String> breaches = new ArrayList<>();
        for (Struck struck : history.struck()) {
            struck.blow().sign().ifPresent(sign -> {
                Optional<Duration> after = struck.detection(history.alerts());
                if (after.isEmpty()) {
                    breaches.add(struck.blow() + " at " + struck.from() + " was never told: no " + sign.alertname()
                            + " " + sign.labels());
                } else if (after.get().compareTo(struck.within()) > 0) {
                    breaches.add(struck.blow() + " at " + struck.from() + " was told after "
                            + after.get().toSeconds() + " s, allowed are "
                            + struck.within().toSeconds());
                }
            });
        }
        return breaches;
    }

    private static List<String> unended(History history) {
        Map<String, Alert> newest = new LinkedHashMap<>();
        history.alerts().forEach(told -> newest.put(told.alert().fingerprint(), told.alert()));
        return newest.values().stream()
                .filter(alert -> alert.status() != Alert.Status.RESOLVED)
                .map(alert -> alert.alertname() + " " + alert.labels() + " is still " + alert.status() + " since "
                        + alert.startsAt() + ": " + alert.summary())
                .toList();
    }

    private static List<String> endings(History history) {
        Map<String, Long> ends = history.results().stream()
                .filter(result -> result.status().terminal())
                .collect(Collectors.groupingBy(RecoveryResult::commandId, Collectors.counting()));
        Set<String> all = new TreeSet<>(history.sent());
        history.results().forEach(result -> all.add(result.commandId()));
        List<String> breaches = new ArrayList<>();
        for (String id : all) {
            long count = ends.getOrDefault(id, 0L);
            if (count != 1) {
                breaches.add("command " + id + " ended " + count + " times: "
                        + history.results().stream()
                                .filter(result -> result.commandId().equals(id))
                                .map(result -> String.valueOf(result.status()))
                                .toList());
            }
        }
        return breaches;
    }

    private static List<String> unprepared(History history) {
        Map<String, RecoveryResult> newest = new LinkedHashMap<>();
        history.results().forEach(result -> newest.put(result.commandId(), result));
        List<String> breaches = new ArrayList<>();
        newest.values().forEach(result -> {
            List<Step> steps = result.steps();
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                if (step.outcome().startsWith("answered HTTP")
                        && (i == 0 || !steps.get(i - 1).outcome().equals(RecoveryStep.INTENT))) {
                    breaches.add("command " + result.commandId() + " called " + step.action() + " without an intent");
                }
                if (step.outcome().equals(RecoveryStep.INTENT) && !isDiagnosedSinceStart(steps, i)) {
                    breaches.add("command " + result.commandId() + " intended " + step.action()
                            + " without a diagnosis since it started or resumed");
                }
            }
        });
        return breaches;
    }

    private static boolean isDiagnosedSinceStart(List<Step> steps, int intent) {
        for (int i = intent - 1; i >= 0; i--) {
            String action = steps.get(i).action();
            if (action.equals("diagnose")) {
                return true;
            }
            if (action.equals("start") || action.equals("resume")) {
                return false;
            }
        }
        return false;
    }

    private static List<String> forbidden(History history) {
        return history.requests().stream()
                .map(request -> request.service() + " " + request.line())
                .filter(request -> ALLOWED.stream()
                        .noneMatch(allowed -> allowed.matcher(request).matches()))
                .distinct()
                .map(request -> "not allowed: " + request)
                .toList();
    }

    /** A call that found nobody was intended and not made; one that was made twice would be one too many here. */
    private static List<String> unintended(History history) {
        Map<String, Long> intents = new HashMap<>();
        history.results()
                .forEach(result -> intents.merge(
                        result.commandId(),
                        result.steps().stream()
                                .filter(step -> step.outcome().equals(RecoveryStep.INTENT))
                                .count(),
                        Math::max));
        long intended = intents.values().stream().mapToLong(Long::longValue).sum();
        List<String> made = history.requests().stream()
                .filter(request -> CHANGING.matcher(request.line()).matches())
                .map(request -> request.service() + " " + request.line())
                .toList();
        return made.size() <= intended
                ? List.of()
                : List.of(made.size() + " calls changed something, " + intended + " were intended: " + made);
    }

    private static List<String> settings(History history) {
        return history.settingsBefore().equals(history.settingsAfter())
                ? List.of()
                : List.of("cluster settings were " + history.settingsBefore() + " and are " + history.settingsAfter());
    }

    private static List<String> statuses(History history) {
        List<String> breaches = new ArrayList<>();
        history.copies().forEach((shard, copies) -> {
            ReplicationStatus status = history.statuses().get(shard);
            if (status == null) {
                breaches.add(shard + " has no status");
                return;
            }
            String told = status.primaryNode() + " "
                    + status.replicas().stream()
                            .map(replica -> replica.node())
                            .filter(Objects::nonNull)
                            .sorted()
                            .toList();
            String there = copies.stream()
                            .filter(CopyThere::primary)
                            .map(CopyThere::node)
                            .findFirst()
                            .orElse(null)
                    + " "
                    + copies.stream()
                            .filter(copy -> !copy.primary())
                            .map(CopyThere::node)
                            .filter(Objects::nonNull)
                            .sorted()
                            .toList();
            boolean synced = copies.stream().allMatch(copy -> copy.state().equals("STARTED") && copy.missing() == 0);
            if (!told.equals(there)) {
                breaches.add(shard + " is told to be at " + told + " and is at " + there);
            }
            if (synced != (status.health() == Health.IN_SYNC)) {
                breaches.add(shard + " is told to be " + status.health() + ", its copies are " + copies);
            }
        });
        history.statuses().keySet().stream()
                .filter(shard -> !history.copies().containsKey(shard))
                .forEach(shard -> breaches.add(shard + " has a status and is not there"));
        return breaches;
    }

    private static List<String> lost(History history) {
        List<String> breaches = new ArrayList<>();
        Map<Place, Integer> found = new HashMap<>();
        history.letters().forEach(place -> found.merge(place, 1, Integer::sum));
        history.thrown().stream()
                .filter(place -> found.getOrDefault(place, 0) != 1)
                .forEach(place -> breaches.add(place + " is " + found.getOrDefault(place, 0)
                        + " times among the dead letters, and should be there once"));
        found.keySet().stream()
                .filter(place -> !history.thrown().contains(place))
                .forEach(place -> breaches.add(place + " is among the dead letters, and was no garbage"));
        history.newestGroups().forEach((shard, snapshot) -> {
            ReplicationStatus status = history.statuses().get(shard);
            if (status != null && status.snapshotId() < snapshot) {
                breaches.add(
                        shard + " was last judged by collection " + status.snapshotId() + ", and seen in " + snapshot);
            }
        });
        return breaches;
    }

    private static List<String> uses(History history) {
        return history.uses().stream()
                .filter(use -> use.handles() > MOST_HANDLES || use.residentMb() > mostMb(use.service()))
                .map(use -> use.service() + " had " + use.handles() + " handles and " + use.residentMb()
                        + " MB; allowed are " + MOST_HANDLES + " and " + mostMb(use.service()))
                .distinct()
                .toList();
    }

    private static long mostMb(String service) {
        return MOST_BESIDE_HEAP_MB + (service.startsWith("processor") ? Fleet.PROCESSOR_HEAP_MB : Fleet.HEAP_MB);
    }
}
