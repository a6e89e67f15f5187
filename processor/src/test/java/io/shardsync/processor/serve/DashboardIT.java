package io.shardsync.processor.serve;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the dashboard shows and what can be done with it. */
@InBrowser
@WithSandbox(nodes = 0)
class DashboardIT extends Browsing {
    private static final LocatorAssertions.IsVisibleOptions SOON =
            new LocatorAssertions.IsVisibleOptions().setTimeout(20_000);

    /** What is wider than the window, unless it can be scrolled by itself. */
    private static final String STICKING_OUT =
            """
            () => [...document.querySelectorAll('body *')]
              .filter((e) => !e.closest('.scroll, .hidden, .skip') && e.getBoundingClientRect().right > innerWidth + 1)
              .map((e) => `${e.tagName}.${e.className} in ${e.closest('[id]')?.id}: ${Math.round(e.getBoundingClientRect().right)}`)""";

    @Test
    void anAlertAndTheMapChangeWithoutReloading() {
        // Given
        healthyCluster("prod", 4);
        open(ColorScheme.LIGHT, 1440, 1000);
        assertThat(page.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
        picture("healthy");

        // When
        nodeIsLost("prod");

        // Then
        assertThat(page.locator(".headline")).containsText("1 critical, 1 warning");
        assertThat(page.locator("li.alert h3").first()).containsText("2 primaries");
        assertThat(page.locator("li.alert").nth(1)).containsText("bring n2 back");
        assertThat(page.locator("li.alert >> text=Runbook").first())
                .hasAttribute("href", server.address() + "/runbooks/PrimaryUnassigned.md");
        assertThat(page.locator("td .copy.r.st-unassigned")).hasCount(2);
        assertThat(page.locator("td .copy.r.st-recovering")).hasCount(1);
        assertThat(page.locator("li.recovery progress")).hasAttribute("max", "100");
        assertThat(page).hasTitle("(2) ShardSync");
        picture("node-lost");

        // And when the alert names a node that no collection names any more
        write(Samples.alert("prod", "NodeLost", Severity.WARNING, Alert.Status.FIRING, "n2 is lost"));

        // Then
        assertThat(page.locator("table.shards thead")).containsText("n2 ✕ gone");
        assertThat(page.locator(".card")).containsText("lost: n2");
        write(Samples.alert("prod", "NodeLost", Severity.WARNING, Alert.Status.RESOLVED, "n2 is back"));
        assertThat(page.locator(".card")).not().containsText("lost: n2");

        // And when
        write(Samples.recovering("prod", "orders", 2, "n1", "n3", 85));

        // Then
        assertThat(page.locator("li.recovery")).containsText("85.0 %");

        // And when
        for (int shard = 0; shard < 4; shard++) {
            write(Samples.inSync("prod", "orders", shard, "n1", "n3"));
        }
        write(Samples.alert(
                "prod", "PrimaryUnassigned", Severity.CRITICAL, Alert.Status.RESOLVED, "2 primaries were unassigned"));
        write(Samples.alert(
                "prod", "ReplicasUnassigned", Severity.WARNING, Alert.Status.RESOLVED, "6 replicas were unassigned"));

        // Then
        assertThat(page.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
        assertThat(complaints).isEmpty();
    }

    /** Colours know nothing of the width, so each of both is looked at once. */
    @Test
    void nothingOnThePageHindersAnybodyInLightAndInDarkAndOnAPhone() {
        nothingHindersIn(Map.of(ColorScheme.LIGHT, List.of(1440), ColorScheme.DARK, List.of(390)));
    }

    @Test
    @Tag("long")
    void nothingOnThePageHindersAnybodyInAnyColoursOfAnyWidth() {
        nothingHindersIn(Map.of(ColorScheme.LIGHT, List.of(1440, 390), ColorScheme.DARK, List.of(1440, 390)));
    }

    private void nothingHindersIn(Map<ColorScheme, List<Integer>> views) {
        everythingAtOnce();
        for (ColorScheme scheme : views.keySet()) {
            for (int width : views.get(scheme)) {
                open(scheme, width, width == 390 ? 844 : 1000);
                assertThat(page.locator("li.alert").first()).isVisible(SOON);
                assertThat(page.locator("details.command").first()).isVisible(SOON);
                page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
                AxeResults results = new AxeBuilder(page).analyze();
                assertThat(results.getViolations())
                        .as("%s, %d pixels wide", scheme, width)
                        .isEmpty();
                assertThat((List<?>) page.evaluate(STICKING_OUT))
                        .as("what sticks out at %d pixels", width)
                        .isEmpty();
                picture(scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width);
                page.locator("tbody button[data-index]").first().click();
                assertThat(page.locator("dialog#detail")).isVisible();
                assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
                picture("detail-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width);
                page.keyboard().press("Escape");
                assertThat(page.locator("dialog#detail")).hasCount(0);
                context.close();
            }
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void aCommandBeginsAsADryRunAndOnlyThenIsOfferedForReal() {
        // Given
        healthyCluster("prod", 4);
        nodeIsLost("prod");
        open(ColorScheme.LIGHT, 1440, 1000);
        page.locator("li.alert >> text=Plan a recovery").first().click();
        assertThat(page.locator("#send-for-real")).hasCount(0);

        // When
        page.keyboard().press("Enter");
        RecoveryCommand dryRun = awaitCommand(1);
        assertThat(page.locator("#plan")).containsText("Waiting for an actuator");
        write(Samples.result(dryRun, 0, Status.ACCEPTED));
        write(Samples.result(dryRun, 1, Status.DRY_RUN));

        // Then
        assertThat(dryRun.dryRun()).isTrue();
        assertThat(dryRun.type()).isEqualTo(CommandType.RECOVER);
        assertThat(page.locator("#plan")).containsText("PUT /_cluster/settings");
        assertThat(page.locator("#send-for-real")).hasText("Send for real: 1 call");
        picture("plan");

        // And when the form is changed
        page.locator("#form input[name=index]").fill("users");
        assertThat(page.locator("#send-for-real")).hasCount(0);
        page.locator("#form input[name=index]").fill("");
        page.locator("#send-for-real").click();
        RecoveryCommand real = awaitCommand(2);

        // Then
        assertThat(real.dryRun()).isFalse();
        assertThat(real.cause()).isEqualTo(dryRun.cause());
        assertThat(real.commandId()).isNotEqualTo(dryRun.commandId());
        write(Samples.result(real, 0, Status.RUNNING));
        assertThat(page.locator("#outcome progress")).isVisible();
        write(Samples.result(real, 1, Status.SUCCEEDED));
        assertThat(page.locator("#outcome")).containsText("yes: seen in the routing table");
        picture("outcome");
        assertThat(complaints).isEmpty();
    }

    @Test
    void aSelectShowsWhatHoldsHoweverItCameAbout() {
        // Given: somebody has chosen
        healthyCluster("prod", 4);
        nodeIsLost("prod");
        open(ColorScheme.LIGHT, 1440, 1000);
        for (String type : List.of("DIAGNOSE", "RECOVER", "DIAGNOSE")) {
            page.locator("#form select[name=type]").selectOption(type);
        }
        page.locator("#health-filter").selectOption("degraded");
        page.locator("#node-filter").selectOption("n3");
        assertThat(page.locator("#send-command")).hasText("Send");

        // When something else chooses
        page.locator("li.alert >> text=Plan a recovery").first().click();
        page.locator("li.alert >> text=Show on map").first().click();

        // Then
        assertThat(page.locator("#send-command")).hasText("Dry run: show the plan");
        assertThat(page.locator("#form select[name=type]")).hasValue("RECOVER");
        assertThat(page.locator("#health-filter")).hasValue("");

        // And when the node that is chosen leaves
        write(Samples.cluster("prod", "yellow", List.of("n1"), List.of()));

        // Then
        assertThat(page.locator("#node-filter option[value=n1]")).hasCount(1);
        assertThat(page.locator("#clusters .card")).containsText("1, all answer");
        assertThat(page.locator("#node-filter")).hasValue("n3");
        assertThat(complaints).isEmpty();
    }

    @Test
    void healingIsPausedAndResumedWithTheKeyboardAlone() {
        // Given
        healthyCluster("prod", 4);
        open(ColorScheme.DARK, 1440, 1000);

        // When
        page.locator("#pause").focus();
        page.keyboard().press("Enter");
        page.locator("dialog#control input[name=why]").focus();
        page.keyboard().type("storage is migrated");
        picture("pause-dialog");
        page.keyboard().press("Enter");

        // Then
        assertThat(page.locator(".banner")).containsText("Healing is paused for all clusters by loopback");
        assertThat(page.locator(".banner")).containsText("storage is migrated");

        // And when
        page.locator(".banner button").focus();
        page.keyboard().press("Enter");

        // Then
        assertThat(page.locator("#pause")).isVisible(SOON);
        assertThat(complaints).isEmpty();
    }

    @Test
    void whereNobodyLooksNothingIsSaidToBeInSync() throws Exception {
        // Given
        healthyCluster("prod", 4);
        open(ColorScheme.LIGHT, 1440, 1000);
        assertThat(page.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");

        // When the processors stop judging
        write(Samples.watchdog(Instant.now().minusSeconds(3_600)));

        // Then
        assertThat(page.locator(".headline")).containsText("Nobody judges: the Watchdog was last heard at");
        assertThat(page.locator(".headline.is-unknown")).isVisible();

        // And when they judge again, and then the page hears nothing any more
        write(Samples.watchdog(Instant.now()));
        assertThat(page.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
        assertThat(complaints).isEmpty();
        server.close();
        server = null;

        // Then
        assertThat(page.locator(".headline"))
                .containsText(
                        "Not live: this is how it was at",
                        new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
        assertThat(page.locator(".headline.is-unknown")).isVisible();
    }

    private void everythingAtOnce() {
        healthyCluster("prod", 4);
        nodeIsLost("prod");
        healthyCluster("staging", 2);
        write(Samples.status("prod", "users", 1, ReplicationStatus.Health.NO_PRIMARY, null));
        write(Samples.alert("prod", "NodeLost", Severity.WARNING, Alert.Status.UNKNOWN, "n2 left prod"));
        write(Samples.alert(
                "staging", "NodesUnbalanced", Severity.INFO, Alert.Status.FIRING, "n3 holds twice as much"));
        write(Samples.alert("staging", "RecoveryFailed", Severity.WARNING, Alert.Status.RESOLVED, "a recovery failed"));
        RecoveryCommand command = Samples.command(UUID.randomUUID().toString(), "prod", CommandType.RECOVER);
        write(Samples.result(command, 1, Status.RUNNING));
        write(Samples.result(
                Samples.command(UUID.randomUUID().toString(), "prod", CommandType.REBALANCE),
                1,
                Status.AWAITING_APPROVAL));
        write(Samples.result(
                Samples.command(UUID.randomUUID().toString(), "staging", CommandType.RETRY_FAILED),
                2,
                Status.SUCCEEDED));
        write(Samples.report("prod", "orders", Method.FINGERPRINT, Verdict.DIVERGENT));
        write(Samples.report("prod", "users", Method.FINGERPRINT, Verdict.CONSISTENT));
        write(Samples.report("prod", "users", Method.CHECKPOINTS, Verdict.CONSISTENT));
        server.flush();
    }

    private RecoveryCommand awaitCommand(int count) {
        try {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> server.read(server.topics().recoveryCommands()).size() == count);
        } catch (ConditionTimeoutException e) {
            picture("no-command");
            throw new AssertionError(
                    "no command came; the form says: " + page.locator("#form").innerText() + "; the console "
                            + complaints,
                    e);
        }
        return server.read(server.topics().recoveryCommands()).stream()
                .map(record -> {
                    try {
                        return Json.MAPPER.readValue(record.value(), RecoveryCommand.class);
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
