package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.runtime.config.ClusterConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

/**
 * Asks Elasticsearch what the configured user may do, which every user is allowed to ask about itself. Each call that
 * is refused says so as well; this says it before the call is needed.
 */
public final class PrivilegeCheck {
    private static final Logger log = LoggerFactory.getLogger(PrivilegeCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private PrivilegeCheck() {}

    /**
     * Those of some privileges that the user does not have; none where security is off.
     *
     * @throws CallFailed when Elasticsearch does not answer
     */
    public static List<Privilege> missing(Elasticsearch elasticsearch, List<Privilege> needed) throws CallFailed {
        JsonNode has;
        try {
            has = elasticsearch
                    .call(Call.post("/_security/user/_has_privileges")
                            .sending(question(needed))
                            .within(PATIENCE))
                    .body();
        } catch (CallFailed failed) {
            if (failed.code() == CallFailed.Code.REJECTED) {
                // Without security there is no such call.
                return List.of();
            }
            throw failed;
        }
        return needed.stream()
                .filter(one -> !(one.ofIndices() ? has.path("index").path("*") : has.path("cluster"))
                        .path(one.name())
                        .asBoolean(true))
                .toList();
    }

    private static JsonNode question(List<Privilege> needed) {
        ObjectNode question = Wire.MAPPER.createObjectNode();
        ArrayNode cluster = question.putArray("cluster");
        ObjectNode indices = question.putArray("index").addObject();
        indices.putArray("names").add("*");
        ArrayNode index = indices.putArray("privileges");
        needed.forEach(one -> (one.ofIndices() ? index : cluster).add(one.name()));
        return question;
    }

    /** What {@code --check} says of a user: what is missing and what that means. */
    public static String find(ClusterConfig cluster, List<Privilege> needed) throws CallFailed {
        try (Elasticsearch elasticsearch = Elasticsearch.of(cluster)) {
            List<Privilege> missing = missing(elasticsearch, needed);
            String found = missing.isEmpty() ? "all that are needed" : words(missing);
            if (missing.stream().anyMatch(Privilege::isVital)) {
                throw new IllegalStateException(found);
            }
            return found;
        }
    }

    /** Logs at the start what is missing; whoever can't be asked now tells by itself, call by call. */
    public static void tellInBackground(List<ClusterConfig> clusters, List<Privilege> needed) {
        Thread thread = new Thread(() -> clusters.forEach(cluster -> tell(cluster, needed)), "privileges");
        thread.setDaemon(true);
        thread.start();
    }

    private static void tell(ClusterConfig cluster, List<Privilege> needed) {
        try (Elasticsearch elasticsearch = Elasticsearch.of(cluster)) {
            List<Privilege> missing = missing(elasticsearch, needed);
            if (!missing.isEmpty()) {
                log.atWarn()
                        .addKeyValue("cluster", cluster.name())
                        .log("Elasticsearch does not allow everything, the rest goes on: {}", words(missing));
            }
        } catch (CallFailed failed) {
            log.atDebug().addKeyValue("cluster", cluster.name()).log("privileges unknown: {}", failed.getMessage());
        }
    }

    private static String words(List<Privilege> missing) {
        return String.join("; ", missing.stream().map(Privilege::missing).toList());
    }
}
