package io.shardsync.runtime.service;

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
        checks.add(new Check("kafka " + common.bootstrap(), () -> kafka(common)));
        if (settings.definition().needsElasticsearch()) {
            common.clusters().forEach(cluster -> checks.addAll(elasticsearch(cluster)));
        }
        return checks;
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

    private static String ask(ClusterConfig cluster, URI host, Map<String, URI> hostByUuid) throws Exception {
        try (Elasticsearch elasticsearch = Elasticsearch.of(cluster)) {
            Reply reply = elasticsearch.on(host).call(Call.get("/").within(PATIENCE));
            String uuid = reply.body().path("cluster_uuid").asText();
            hostByUuid.putIfAbsent(uuid, host);
            if (hostByUuid.size() > 1) {
                throw new IllegalStateException("the hosts belong to different clusters, cluster_uuid " + hostByUuid
                        + "; allowed in cluster." + cluster.name() + ".hosts: nodes of one cluster");
            }
            return "node " + reply.body().path("name").asText() + ", version "
                    + reply.body().path("version").path("number").asText() + ", cluster_uuid " + uuid + ", "
                    + reply.took().toMillis() + " ms";
        }
    }
}
