package io.shardsync.processor.serve;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Several tabs of one browser, and one that sleeps. */
@InBrowser
@WithSandbox(nodes = 0)
class DashboardTabsIT extends Browsing {
    private static final LocatorAssertions.ContainsTextOptions AFTER_SILENCE =
            new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

    @Test
    void eightTabsShareOneConnectionAndAllAreTold() {
        // Given: a browser opens six connections to a host, and not one more
        healthyCluster("prod", 4);
        open(ColorScheme.LIGHT, 1440, 1000);
        List<Page> tabs = new ArrayList<>(List.of(page));
        while (tabs.size() < 8) {
            tabs.add(tab());
        }
        for (Page tab : tabs) {
            assertThat(tab.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> server.face().eventClients() == 1);

        // When
        nodeIsLost("prod");

        // Then
        for (Page tab : tabs) {
            assertThat(tab.locator(".headline")).containsText("1 critical, 1 warning");
        }

        // And when the tab that opened the connection is closed
        tabs.remove(0).close();
        write(Samples.alert("prod", "NoMaster", Severity.CRITICAL, Alert.Status.FIRING, "prod has no master"));

        // Then
        for (Page tab : tabs) {
            assertThat(tab.locator(".headline")).containsText("2 critical, 1 warning");
        }
        assertThat(server.face().eventClients()).isEqualTo(1);

        // And when the last one is closed
        tabs.forEach(Page::close);

        // Then
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            // That somebody has gone shows when there is something to tell.
            write(Samples.inSync("prod", "users", 0, "n1", "n2"));
            return server.face().eventClients() == 0;
        });
        assertThat(complaints).isEmpty();
    }

    @Test
    void aBrowserWithoutSharedWorkersHasAConnectionForEachTab() {
        // Given
        healthyCluster("prod", 4);
        context = browser.newContext(atRest());
        context.addInitScript("delete window.SharedWorker");
        page = tab();
        Page other = tab();
        await().atMost(Duration.ofSeconds(20)).until(() -> server.face().eventClients() == 2);

        // When
        nodeIsLost("prod");

        // Then
        assertThat(page.locator(".headline")).containsText("1 critical, 1 warning");
        assertThat(other.locator(".headline")).containsText("1 critical, 1 warning");
        assertThat(complaints).isEmpty();
    }

    @Test
    void aConnectionThatDiesWithoutAWordIsNoticedAndAnotherOneTaken() throws Exception {
        // Given: a tab of the shared connection, and one with its own
        healthyCluster("prod", 4);
        context = browser.newContext(atRest());
        try (Relay network = new Relay(server.port())) {
            Page sharing = tab(network.address());
            context.addInitScript("delete window.SharedWorker");
            List<Page> tabs = List.of(sharing, tab(network.address()));
            for (Page tab : tabs) {
                assertThat(tab.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
            }
            assertThat(server.face().eventClients()).isEqualTo(2);

            // When
            network.fallSilent();
            nodeIsLost("prod");

            // Then
            for (Page tab : tabs) {
                assertThat(tab.locator("#connection")).containsText("not live: reconnecting", AFTER_SILENCE);
                assertThat(tab.locator(".headline")).containsText("Not live: this is how it was at");
            }

            // And when it is repaired, but the processor has just begun to read
            String notReady = "{\"detail\":\"the state is still being read\"}";
            context.route(
                    "**/clusters",
                    route -> route.fulfill(new FulfillOptions().setStatus(503).setBody(notReady)));
            network.repair();

            // Then
            for (Page tab : tabs) {
                assertThat(tab.locator(".headline"))
                        .containsText("Not up to date: the state is still being read.", AFTER_SILENCE);
                assertThat(tab.locator("#connection")).hasText("● live");
            }

            // And when it has read
            context.unroute("**/clusters");

            // Then
            for (Page tab : tabs) {
                assertThat(tab.locator(".headline")).containsText("1 critical, 1 warning");
            }
        }
    }

    @Test
    void aTabThatJoinsALostConnectionReadsTheStateAllTheSame() throws Exception {
        // Given
        healthyCluster("prod", 4);
        context = browser.newContext(atRest());
        try (Relay network = new Relay(server.port())) {
            Page first = tab(network.address());
            assertThat(first.locator("#clusters .card")).hasCount(1);
            network.breakEvents();
            assertThat(first.locator("#connection")).containsText("not live: reconnecting");

            // When
            Page second = tab(network.address());

            // Then
            assertThat(second.locator("#clusters .card")).hasCount(1);
            assertThat(second.locator("#connection")).containsText("not live: reconnecting");

            // And when the connection is back
            network.repair();

            // Then
            assertThat(second.locator("#connection")).containsText("● live", AFTER_SILENCE);
            assertThat(second.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
        }
    }

    @Test
    void whatWaitsForATabThatSleepsStaysWithinBoundsAndItReadsAnewWhenItWakes() {
        // Given: one that takes what comes and never says that it has read it
        open(ColorScheme.LIGHT, 1440, 1000);
        page.evaluate(
                """
                () => {
                  const { port } = new SharedWorker('/assets/feed-worker.js', { name: 'asleep', type: 'module' });
                  window.got = 0;
                  port.onmessage = ({ data }) => { window.got++; window.last = data; };
                  window.wake = () => port.postMessage({ read: window.got });
                }""");
        await().atMost(Duration.ofSeconds(20)).until(() -> server.face().eventClients() == 2);

        // When
        for (int i = 0; i < 25_000; i++) {
            write(Samples.inSync("prod", "index-" + i % 100, i / 100 % 10, "n1", "n2"));
            if (i % 5_000 == 0) {
                server.flush();
            }
        }
        server.flush();

        // Then
        page.waitForFunction("() => window.got === 20000");
        assertThat(page.locator(".headline"))
                .containsText("All 1,000 shards", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        assertThat(page.evaluate("window.got")).isEqualTo(20_000);

        // And when it wakes
        page.evaluate("window.wake()");

        // Then
        page.waitForFunction("() => window.last.begin");
        assertThat(complaints).isEmpty();
    }
}
