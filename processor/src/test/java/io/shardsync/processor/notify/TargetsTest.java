package io.shardsync.processor.notify;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.runtime.config.Secret;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.Alert.Silenced;
import io.shardsync.schemas.model.Alert.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** What is told to whom, and when. */
class TargetsTest {
    private static final Instant T0 = Instant.parse("2026-11-23T02:14:02Z");
    private static final Alert FIRING = Told.alert("ReplicasUnassigned", Status.FIRING, Severity.WARNING, T0, null);
    private static final Alert UNKNOWN = Told.alert("ReplicasUnassigned", Status.UNKNOWN, Severity.WARNING, T0, null);
    private static final Alert RESOLVED =
            Told.alert("ReplicasUnassigned", Status.RESOLVED, Severity.WARNING, T0, T0.plusSeconds(120));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void alertmanagerIsToldAgainAndAgainWithAnEndThatLiesAhead() throws Exception {
        AlertmanagerTarget target = alertmanager();
        target.tell(now(FIRING), T0.plusSeconds(10));
        target.tell(now(FIRING), T0.plusSeconds(40));
        assertThat(receiver.bodies).hasSize(2);
        JsonNode second = receiver.bodies.get(1).get(0);
        assertThat(second.path("startsAt").asText()).isEqualTo(T0.toString());
        assertThat(second.path("endsAt").asText())
                .isEqualTo(T0.plusSeconds(40).plus(AlertmanagerTarget.OUTLIVES).toString());
        assertThat(second.at("/labels/severity").asText()).isEqualTo("warning");
        assertThat(second.at("/labels/alertname").asText()).isEqualTo("ReplicasUnassigned");
        assertThat(second.at("/annotations/summary").asText()).startsWith("6 replicas");
    }

    @Test
    void alertmanagerIsToldOfAnEndForFiveMinutes() throws Exception {
        AlertmanagerTarget target = alertmanager();
        Instant end = RESOLVED.endsAt();
        target.tell(now(FIRING), T0);
        target.tell(now(RESOLVED), end);
        target.tell(now(RESOLVED), end.plusSeconds(299));
        target.tell(now(RESOLVED), end.plusSeconds(301));
        assertThat(ends()).hasSize(3).element(2).isEqualTo(end.toString());
        assertThat(ends().get(1)).isEqualTo(end.toString());
    }

    @Test
    void whatEndedLongBeforeAStartIsNotTold() throws Exception {
        alertmanager().tell(now(RESOLVED), RESOLVED.endsAt().plusSeconds(3_600));
        webhook().tell(now(RESOLVED), RESOLVED.endsAt().plusSeconds(3_600));
        assertThat(receiver.bodies).isEmpty();
    }

    @Test
    void whatIsUnknownKeepsFiringAsTheSameAlertAndSaysSo() throws Exception {
        AlertmanagerTarget target = alertmanager();
        target.tell(now(FIRING), T0);
        target.tell(now(UNKNOWN), T0.plusSeconds(60));
        JsonNode first = receiver.bodies.get(0).get(0);
        assertThat(receiver.bodies.get(1)).hasSize(1);
        JsonNode second = receiver.bodies.get(1).get(0);
        assertThat(second.path("labels")).isEqualTo(first.path("labels"));
        assertThat(Instant.parse(second.path("endsAt").asText())).isAfter(T0.plusSeconds(60));
        assertThat(second.at("/annotations/status").asText()).startsWith("unknown");
    }

    @Test
    void aChangeOfSeverityEndsTheFormerAlert() throws Exception {
        AlertmanagerTarget target = alertmanager();
        target.tell(now(FIRING), T0);
        target.tell(
                now(Told.alert("ReplicasUnassigned", Status.FIRING, Severity.CRITICAL, T0, null)), T0.plusSeconds(30));
        JsonNode told = receiver.bodies.get(1);
        assertThat(told).hasSize(2);
        assertThat(told.get(0).at("/labels/severity").asText()).isEqualTo("critical");
        assertThat(told.get(1).at("/labels/severity").asText()).isEqualTo("warning");
        assertThat(told.get(1).path("endsAt").asText())
                .isEqualTo(T0.plusSeconds(30).toString());
    }

    @Test
    void aWebhookIsToldOfChangesInAlertmanagersForm() throws Exception {
        WebhookTarget target = webhook();
        target.tell(now(FIRING), T0);
        target.tell(now(FIRING), T0.plusSeconds(60));
        target.tell(now(UNKNOWN), T0.plusSeconds(90));
        target.tell(now(RESOLVED), T0.plusSeconds(120));
        assertThat(receiver.bodies).hasSize(3);
        JsonNode first = receiver.bodies.get(0);
        assertThat(first.path("version").asText()).isEqualTo("4");
        assertThat(first.path("status").asText()).isEqualTo("firing");
        assertThat(first.at("/groupLabels/alertname").asText()).isEqualTo("ReplicasUnassigned");
        assertThat(first.at("/commonLabels/cause").asText()).isEqualTo("node_left");
        assertThat(first.at("/alerts/0/endsAt").asText()).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(first.at("/alerts/0/fingerprint").asText()).matches("[0-9a-f]{16}");
        assertThat(receiver.bodies.get(1).path("status").asText()).isEqualTo("firing");
        assertThat(receiver.bodies.get(2).path("status").asText()).isEqualTo("resolved");
        assertThat(receiver.bodies.get(2).at("/alerts/0/endsAt").asText())
                .isEqualTo(RESOLVED.endsAt().toString());
        assertThat(receiver.authorizations).containsOnly("Bearer let-me-in");
    }

    @Test
    void aGroupIsResolvedOnlyWhenNothingInItFires() throws Exception {
        // Given: two alerts of one name and cluster
        WebhookTarget target = webhook();
        Alert other = ofCause("allocation_failed", Status.FIRING);
        target.tell(List.of(known(FIRING), known(other)), T0);

        // When one is resolved
        target.tell(List.of(known(RESOLVED), known(other)), T0.plusSeconds(120));

        // Then
        JsonNode told = receiver.bodies.get(1);
        assertThat(told.path("status").asText()).isEqualTo("firing");
        assertThat(told.findValuesAsText("status")).containsExactlyInAnyOrder("firing", "resolved", "firing");
        assertThat(told.path("alerts")).hasSize(2);

        // And when the other one is, too
        target.tell(
                List.of(known(RESOLVED), known(ofCause("allocation_failed", Status.RESOLVED))), T0.plusSeconds(180));

        // Then
        JsonNode last = receiver.bodies.get(2);
        assertThat(last.path("status").asText()).isEqualTo("resolved");
        assertThat(last.path("alerts"))
                .as("what was over before is not told again")
                .hasSize(1);
        assertThat(last.at("/alerts/0/labels/cause").asText()).isEqualTo("allocation_failed");
    }

    @Test
    void aGroupThatAReceiverFailsAtKeepsNoOtherWaiting() throws Exception {
        // Given
        WebhookTarget target = webhook();
        Alert noMaster = Told.alert("NoMaster", Status.FIRING, Severity.CRITICAL, T0, null);
        List<KnownAlert> both = List.of(known(FIRING), known(noMaster));

        // When
        receiver.stumblesOver = FIRING.alertname();
        assertThatThrownBy(() -> target.tell(both, T0)).isInstanceOf(NotTold.class);

        // Then
        assertThat(receiver.bodies).hasSize(1);
        assertThat(receiver.bodies.get(0).at("/groupLabels/alertname").asText()).isEqualTo("NoMaster");

        // And when it fails no more
        receiver.stumblesOver = null;
        target.tell(both, T0.plusSeconds(1));

        // Then
        assertThat(receiver.bodies).hasSize(2);
        assertThat(receiver.bodies.get(1).at("/groupLabels/alertname").asText()).isEqualTo(FIRING.alertname());
    }

    @Test
    void aReceiverThatIsDownIsNotTriedForEveryGroup() {
        WebhookTarget target = webhook();
        receiver.close();
        List<KnownAlert> both =
                List.of(known(FIRING), known(Told.alert("NoMaster", Status.FIRING, Severity.CRITICAL, T0, null)));
        assertThatThrownBy(() -> target.tell(both, T0)).isInstanceOf(NotTold.class);
        assertThat(count("attempted")).isEqualTo(1);
    }

    @Test
    void aWebhookIsNotToldAgainWhatAFormerLifeTold() throws Exception {
        webhook().tell(List.of(new KnownAlert(FIRING, FIRING)), T0);
        assertThat(receiver.bodies).isEmpty();
        webhook().tell(List.of(new KnownAlert(RESOLVED, FIRING)), T0);
        assertThat(receiver.bodies).hasSize(1);
    }

    @Test
    void aMaintenanceWindowIsALabelToRouteBy() throws Exception {
        Alert silenced = Told.alert(
                "ReplicasUnassigned", Status.FIRING, Severity.WARNING, T0, null, new Silenced("anna", null, "disks"));
        alertmanager().tell(now(silenced), T0);
        assertThat(receiver.bodies.get(0).at("/0/labels/silenced").asText()).isEqualTo("true");
    }

    @Test
    void whatIsNotTakenIsTriedAgainAndWhatIsCalledWrongIsNot() throws Exception {
        WebhookTarget target = webhook();
        receiver.answer = 503;
        assertThatThrownBy(() -> target.tell(now(FIRING), T0)).isInstanceOf(NotTold.class);
        receiver.answer = 200;
        target.tell(now(FIRING), T0);
        assertThat(receiver.bodies).hasSize(1);
        receiver.answer = 400;
        target.tell(now(RESOLVED), T0);
        target.tell(now(RESOLVED), T0);
        assertThat(receiver.requests).isEqualTo(3);
        assertThat(count("attempted")).isEqualTo(3);
        assertThat(count("failed")).isEqualTo(2);
    }

    @Test
    void aReceiverThatIsDownIsTriedAgain() {
        WebhookTarget target = webhook();
        receiver.close();
        assertThatThrownBy(() -> target.tell(now(FIRING), T0)).isInstanceOf(NotTold.class);
        assertThat(count("failed")).isEqualTo(1);
    }

    @Test
    void aReceiverThatStopsInTheMiddleOfItsAnswerIsNotWaitedForWithoutEnd() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread receiving = new Thread(() -> answerHeadersOnly(socket));
            receiving.setDaemon(true);
            receiving.start();
            Post post =
                    post("webhook", URI.create("http://127.0.0.1:" + socket.getLocalPort()), Duration.ofMillis(500));
            WebhookTarget target = new WebhookTarget(post, Optional.empty());
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> assertThatThrownBy(() -> target.tell(now(FIRING), T0))
                            .isInstanceOf(NotTold.class)
                            .hasMessageContaining("no whole answer within PT0.5S"));
            receiving.join(10_000);
            assertThat(receiving.isAlive()).as("the connection is closed").isFalse();
        }
        assertThat(count("failed")).isEqualTo(1);
    }

    private static void answerHeadersOnly(ServerSocket socket) {
        try (Socket connection = socket.accept()) {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".getBytes(US_ASCII));
            // Until the other side has had enough.
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double count(String what) {
        return registry.get("shardsync.notifications." + what)
                .tag("integration", "webhook")
                .counter()
                .count();
    }

    private List<String> ends() {
        List<String> ends = new ArrayList<>();
        receiver.bodies.forEach(
                body -> body.forEach(alert -> ends.add(alert.path("endsAt").asText())));
        return ends;
    }

    private static List<KnownAlert> now(Alert alert) {
        return List.of(known(alert));
    }

    private static KnownAlert known(Alert alert) {
        return new KnownAlert(alert, null);
    }

    private static Alert ofCause(String cause, Status status) {
        Instant end = status == Status.RESOLVED ? T0.plusSeconds(180) : null;
        return Told.alert("ReplicasUnassigned", cause, status, Severity.WARNING, T0, end, null);
    }

    private AlertmanagerTarget alertmanager() {
        return new AlertmanagerTarget(post("alertmanager"), Duration.ofSeconds(30), Optional.empty());
    }

    private WebhookTarget webhook() {
        return new WebhookTarget(post("webhook"), Optional.empty());
    }

    private Post post(String integration) {
        return post(integration, receiver.address(), Duration.ofSeconds(5));
    }

    private Post post(String integration, URI address, Duration timeout) {
        return new Post(
                HttpClient.newHttpClient(),
                integration,
                address,
                Optional.of(new Secret("let-me-in")),
                timeout,
                registry);
    }
}
