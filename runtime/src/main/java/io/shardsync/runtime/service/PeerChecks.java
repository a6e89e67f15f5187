package io.shardsync.runtime.service;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.runtime.elasticsearch.Reply;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaReach;
import org.apache.kafka.clients.admin.Admin;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the peers that every service has can be reached. */
final class PeerChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private PeerChecks() {}

    static List<Check> of(Settings settings) {
        CommonConfig common = settings.common();
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(kafkaOf(common), () -> kafka(common)));
        if (settings.definition().needsElasticsearch()) {
            common.clusters().forEach(cluster -> checks.addAll(elasticsearch(cluster)));
        }
        return checks;
    }

    /** The name of the check of Kafka. */
    static String kafkaOf(CommonConfig common) {
        return "kafka " + common.bootstrap();
    }

    private static String kafka(CommonConfig common) {
        try (Admin admin = new KafkaClients(common).admin("check")) {
            KafkaReach.Found found = new KafkaReach(common).ask(admin, KafkaReach.PATIENCE);
            return "cluster " + found.clusterId() + ", brokers " + String.join(", ", found.brokers());
        }
    }

    private static List<Check> elasticsearch(ClusterConfig cluster) {
        Map<String, URI> hostByUuid = new HashMap<>();
        return cluster.hosts().stream()
                .map(host ->
                        new Check("elasticsearch " + cluster.name() + " " + host, () -> ask(cluster, host, hostByUuid)))
                .toList();
    }

    /** Not {@code GET /}: the right to monitor the cluster is all that a service is sure to have. */
    private static String ask(ClusterConfig cluster, URI host, Map<String, URI> hostByUuid) throws Exception {
        try (Elasticsearch elasticsearch = Elasticsearch.of(cluster)) {
            Elasticsearch node = elasticsearch.on(host);
            Reply state = node.call(Call.get("/_cluster/state/version")
                    .with("filter_path", "cluster_uuid")
                    .within(PATIENCE));
            Reply self = node.call(Call.get("/_nodes/_local")
                    .with("filter_path", "nodes.*.name,nodes.*.version")
                    .within(PATIENCE));
            String uuid = state.body().path("cluster_uuid").asText();
            JsonNode info = self.body().path("nodes").elements().next();
            hostByUuid.putIfAbsent(uuid, host);
            if (hostByUuid.size() > 1) {
                throw new IllegalStateException("the hosts belong to different clusters, cluster_uuid " + hostByUuid
                        + "; allowed in cluster." + cluster.name() + ".hosts: nodes of one cluster");
            }
            return "node " + info.path("name").asText() + ", version "
                    + info.path("version").asText() + ", cluster_uuid " + uuid + ", "
                    + state.took().plus(self.took()).toMillis() + " ms";
        }
    }
}
