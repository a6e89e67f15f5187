import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints every alert, and each change of one. Run: java -cp kafka-clients.jar:slf4j-api.jar FollowAlerts.java HOST:PORT */
class FollowAlerts {
    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0],
                "group.id", "follow-alerts",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("shardsync.alert.v1"));
            while (true) {
                consumer.poll(Duration.ofSeconds(1)).forEach(alert ->
                        System.out.println(alert.key() + " " + (alert.value() == null ? "is over" : alert.value())));
            }
        }
    }
}
