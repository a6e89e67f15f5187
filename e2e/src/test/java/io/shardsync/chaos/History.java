package io.shardsync.chaos;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that happened, as far as it can be known from outside.
 *
 * @param struck what was done, in order
 * @param alerts every alert record, in order of arrival, without the Watchdog's
 * @param results every result record, in order of arrival
 * @param sent ids of the commands that were written to the topic, by the run or by the processor
 * @param thrown where unreadable records were put
 * @param letters where the dead letters say that they come from
 * @param requests what the services asked of Elasticsearch that is no GET
 * @param uses memory and handles, sampled
 * @param settingsBefore cluster settings before the first blow
 * @param settingsAfter and at rest
 * @param statuses at rest
 * @param copies at rest, by Elasticsearch's own word
 * @param newestGroups newest collection of each shard on the snapshots' topic
 */
record History(
        List<Struck> struck,
        List<Told> alerts,
        List<RecoveryResult> results,
        Set<String> sent,
        List<Place> thrown,
        List<Place> letters,
        List<Request> requests,
        List<Use> uses,
        Map<String, String> settingsBefore,
        Map<String, String> settingsAfter,
        Map<ShardKey, ReplicationStatus> statuses,
        Map<ShardKey, List<CopyThere>> copies,
        Map<ShardKey, Long> newestGroups) {

    /**
     * A blow that was struck.
     *
     * @param within how long after it has to be told, where it has to be
     * @param from when
     * @param undone when its cause was gone
     * @param calm when nothing was left of it
     */
    record Struck(Blow blow, Duration within, Instant from, Instant undone, Instant calm) {
        /** How long after the blow the alert it must cause fired; empty where none did. */
        Optional<Duration> detection(List<Told> alerts) {
            return blow.sign().flatMap(sign -> alerts.stream()
                    .filter(told -> told.alert().status() == Alert.Status.FIRING)
                    .filter(told -> told.alert().alertname().equals(sign.alertname()))
                    .filter(told -> told.alert()
                            .labels()
                            .entrySet()
                            .containsAll(sign.labels().entrySet()))
                    .filter(told -> !told.at().isBefore(from) && !told.at().isAfter(calm))
                    .findFirst()
                    .map(told -> Duration.between(from, told.at())));
        }
    }

    /** @param at when it could be read */
    record Told(Instant at, Alert alert) {}

    record Place(String topic, int partition, long offset) {}

    /** @param line method and path */
    record Request(String service, String line) {}

    record Use(String service, long handles, long residentMb) {}

    /**
     * A copy as Elasticsearch sees it.
     *
     * @param missing operations up to the primary's highest sequence number
     */
    record CopyThere(String node, boolean primary, String state, long missing) {}
}
