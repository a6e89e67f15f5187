import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Asks why copies of a cluster are not as they should be. Run: java -cp … AskForDiagnosis.java HOST:PORT CLUSTER */
class AskForDiagnosis {
    public static void main(String[] args) throws Exception {
        String id = UUID.randomUUID().toString();
        Instant now = Instant.now();
        String command = """
                {"command_id":"%s","type":"DIAGNOSE","cluster":"%s","dry_run":true,"requested_by":"an example",
                 "requested_at":"%s","expires_at":"%s","reason":"looking"}""".formatted(id, args[1], now, now.plusSeconds(900));
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("shardsync.recovery.command.v1", args[1], command)).get();
        }
        System.out.println(id + ": the answer comes on shardsync.recovery.result.v1 under this key");
    }
}
