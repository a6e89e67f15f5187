package io.shardsync.runtime.service;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.elasticsearch.Privilege;
import io.shardsync.runtime.elasticsearch.PrivilegeCheck;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaRights;
import io.shardsync.runtime.kafka.KafkaRightsCheck;
import org.apache.kafka.clients.admin.Admin;

import java.util.ArrayList;
import java.util.List;

/** For {@code --check}: whether a service is allowed what it does. */
public final class RightsChecks {
    private RightsChecks() {}

    /** @param privileges in each cluster; none for a service that does not talk to Elasticsearch */
    public static List<Check> of(CommonConfig config, KafkaRights rights, List<Privilege> privileges) {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("rights in Kafka", () -> kafka(config, rights), PeerChecks.kafkaOf(config)));
        if (!privileges.isEmpty()) {
            config.clusters()
                    .forEach(cluster -> checks.add(new Check(
                            "privileges in " + cluster.name(), () -> PrivilegeCheck.find(cluster, privileges))));
        }
        return checks;
    }

    private static String kafka(CommonConfig config, KafkaRights rights) {
        try (Admin admin = new KafkaClients(config).admin("rights")) {
            new KafkaRightsCheck(admin, config).require(rights);
            return "all that are needed";
        }
    }
}
