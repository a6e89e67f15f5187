package io.shardsync.processor.serve;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The dashboard in a real browser, over records written to a real Kafka. */
@EnabledIf(
        value = "chromiumIsInstalled",
        disabledReason = "skipped: there is no /usr/bin/chromium; with Debian, 'apt-get install chromium' brings it")
@WithSandbox(nodes = 0)
class DashboardIT {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final LocatorAssertions.IsVisibleOptions SOON =
            new LocatorAssertions.IsVisibleOptions().setTimeout(20_000);

    /** What is wider than the window, unless it can be scrolled by itself. */
    private static final String STICKING_OUT =
            """
            () => [...document.querySelectorAll('body *')]
              .filter((e) => !e.closest('.scroll, .hidden, .skip') && e.getBoundingClientRect().right > innerWidth + 1)
              .map((e) => `${e.tagName}.${e.className} in ${e.closest('[id]')?.id}: ${Math.round(e.getBoundingClientRect().right)}`)""";

    private static Playwright playwright;
    private static Browser browser;

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private Server server;
    private BrowserContext context;
    private Page page;

    /** A condition and not an assumption, for a class whose set-up is passed over leaves no test that was skipped. */
    static boolean chromiumIsInstalled() {
        return Files.isExecutable(CHROMIUM);
    }

    @BeforeAll
    static void openBrowser() {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    }

    @AfterAll
    static void closeBrowser() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void start(Sandbox sandbox) {
        server = Server.start(sandbox, Map.of());
        write(Samples.watchdog(Instant.now()));
    }

    @AfterEach
    void stop() throws Exception {
        if (context != null) {
            context.close();
        }
        if (server != null) {
            server.close();
        }
    }

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
        context = browser.newContext();
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
    void whatWaitsForATabThatSleepsStaysWithinBoundsAndItReadsAnewWhenItWakes() {
        // Given: one that takes what comes and never says that it has read it
        open(ColorScheme.LIGHT, 1440, 1000);
        page.evaluate(
                """
                () => {
                  const { port } = new SharedWorker('/assets/feed-worker.js', { name: 'asleep' });
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

    @Tag("long")
    @Test
    void hoursOfChangesLeaveNothingBehindInThePage() {
        // Given: what has bounds of its own (commands, alerts that ended) has reached them
        healthyCluster("prod", 4);
        open(ColorScheme.LIGHT, 1440, 1000);
        CDPSession devtools = context.newCDPSession(page);
        devtools.send("Performance.enable");
        rounds(0, 8);
        Map<String, Long> before = measured(devtools);

        // When
        rounds(8, 32);

        // Then
        Map<String, Long> after = measured(devtools);
        System.out.println("dashboard before and after 24 rounds of 170 changes: " + before + " " + after);
        assertThat(after.get("Nodes")).isLessThan(before.get("Nodes") + 500);
        assertThat(after.get("JSEventListeners")).isLessThan(before.get("JSEventListeners") + 50);
        assertThat(after.get("JSHeapUsedSize")).isLessThan(before.get("JSHeapUsedSize") + (1L << 20));
        assertThat(complaints).isEmpty();
    }

    /** In each a node is lost and everything heals, with alerts that come and go and commands that run and end. */
    private void rounds(int from, int to) {
        for (int round = from; round < to; round++) {
            nodeIsLost("prod");
            assertThat(page.locator(".headline")).containsText("1 critical, 1 warning");
            for (int i = 0; i < 40; i++) {
                RecoveryCommand command = Samples.command(UUID.randomUUID().toString(), "prod", CommandType.RECOVER);
                write(Samples.result(command, 0, Status.RUNNING));
                write(Samples.result(command, 1, Status.SUCCEEDED));
                write(Samples.recovering("prod", "orders", 2, "n1", "n3", i));
                write(Samples.alert(
                        "prod", "NodesUnbalanced", Severity.INFO, Alert.Status.FIRING, "round " + round + ", " + i));
            }
            for (String name : List.of("NodesUnbalanced", "ReplicasUnassigned", "PrimaryUnassigned")) {
                Alert gone = Samples.alert("prod", name, Severity.INFO, Alert.Status.RESOLVED, "over");
                write(gone);
                server.write(server.topics().alerts(), gone.fingerprint(), null);
            }
            for (int shard = 0; shard < 4; shard++) {
                write(Samples.inSync("prod", "orders", shard, "n1", shard % 2 == 0 ? "n2" : "n3"));
            }
            server.flush();
            assertThat(page.locator(".headline")).containsText("All 12 shards of 1 cluster are in sync");
            assertThat(page.locator("#recoveries")).containsText("No copy is being built.");
        }
    }

    /** What the browser counts once nothing is left that nobody holds. */
    private static Map<String, Long> measured(CDPSession devtools) {
        for (int i = 0; i < 3; i++) {
            devtools.send("HeapProfiler.collectGarbage");
        }
        Map<String, Long> measured = new TreeMap<>();
        devtools.send("Performance.getMetrics")
                .getAsJsonArray("metrics")
                .forEach(each -> measured.put(
                        each.getAsJsonObject().get("name").getAsString(),
                        each.getAsJsonObject().get("value").getAsLong()));
        measured.keySet().retainAll(List.of("Nodes", "JSEventListeners", "JSHeapUsedSize"));
        return measured;
    }

    @Test
    void fiveThousandShardsCanBeShownAndFiltered() {
        // Given
        List<String> nodes = new ArrayList<>();
        for (int n = 1; n <= 12; n++) {
            nodes.add("n" + n);
        }
        write(Samples.cluster("prod", "yellow", nodes, List.of()));
        for (int index = 0; index < 1_000; index++) {
            for (int shard = 0; shard < 5; shard++) {
                String primary = nodes.get((index + shard) % 12);
                String replica = nodes.get((index + shard + 5) % 12);
                String name = "logs-%04d".formatted(index);
                write(
                        index % 250 == 7
                                ? Samples.lagging("prod", name, shard, primary, replica)
                                : Samples.inSync("prod", name, shard, primary, replica));
            }
        }
        server.flush();
        open(ColorScheme.LIGHT, 1440, 1000);

        // Then: only what is behind, as long as nobody asks for more
        assertThat(page.locator("table.shards tbody tr"))
                .hasCount(4, new LocatorAssertions.HasCountOptions().setTimeout(20_000));

        // When
        page.locator("#only-behind").uncheck();
        for (int shown : List.of(100, 600)) {
            assertThat(page.locator("table.shards tbody tr"))
                    .hasCount(shown, new LocatorAssertions.HasCountOptions().setTimeout(20_000));
            page.locator("text=Show more").click();
        }

        // Then
        assertThat(page.locator("table.shards tbody tr"))
                .hasCount(1_000, new LocatorAssertions.HasCountOptions().setTimeout(20_000));
        Object tookMs = page.evaluate(
                """
                async () => {
                  const input = document.getElementById('index-filter');
                  const start = performance.now();
                  input.value = 'logs-09*';
                  input.dispatchEvent(new Event('input'));
                  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                  return Math.round(performance.now() - start);
                }""");
        System.out.println("filtering 5,000 shards took " + tookMs + " ms in the browser");
        assertThat(page.locator("table.shards tbody tr")).hasCount(100);
        picture("five-thousand");
        assertThat(complaints).isEmpty();
    }

    private void healthyCluster(String name, int shards) {
        write(Samples.cluster(name, "green", List.of("n1", "n2", "n3"), List.of()));
        for (String index : List.of("orders", "users", "logs-1")) {
            for (int shard = 0; shard < shards; shard++) {
                write(Samples.inSync(name, index, shard, "n1", shard % 2 == 0 ? "n2" : "n3"));
            }
        }
        server.flush();
    }

    private void nodeIsLost(String name) {
        write(Samples.cluster(name, "yellow", List.of("n1", "n3"), List.of()));
        write(Samples.degraded(name, "orders", 0, "n1"));
        write(Samples.degraded(name, "orders", 1, "n1"));
        write(Samples.recovering(name, "orders", 2, "n1", "n3", 16.5));
        write(Samples.lagging(name, "orders", 3, "n1", "n3"));
        write(Samples.alert(
                name,
                "ReplicasUnassigned",
                Severity.WARNING,
                Alert.Status.FIRING,
                "6 replicas of " + name + " are unassigned: node n2 left"));
        write(Samples.alert(
                name,
                "PrimaryUnassigned",
                Severity.CRITICAL,
                Alert.Status.FIRING,
                "2 primaries of " + name + " have no active copy"));
        server.flush();
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

    private void open(ColorScheme scheme, int width, int height) {
        context = browser.newContext(
                new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(width, height));
        page = tab();
    }

    /** One more page of the same browser. */
    private Page tab() {
        Page tab = context.newPage();
        tab.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        tab.onPageError(complaints::add);
        tab.navigate(server.address() + "/");
        assertThat(tab.locator("#connection")).containsText("live");
        return tab;
    }

    private void picture(String name) {
        // Otherwise what sticks to the top is somewhere in the middle of the picture.
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }

    private RecoveryCommand awaitCommand(int count) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.read(server.topics().recoveryCommands()).size() == count);
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

    private void write(ReplicationStatus status) {
        server.write(server.topics().replicationStatuses(), status.key(), status);
    }

    private void write(Alert alert) {
        server.write(server.topics().alerts(), alert.fingerprint(), alert);
    }

    private void write(RecoveryResult result) {
        server.write(server.topics().recoveryResults(), result.commandId(), result);
    }

    private void write(io.shardsync.schemas.model.ClusterSnapshot snapshot) {
        server.write(server.topics().clusterSnapshots(), snapshot.cluster(), snapshot);
    }

    private void write(io.shardsync.schemas.model.ConsistencyReport report) {
        server.write(
                server.topics().consistencyReports(),
                report.cluster() + "/" + report.index() + "/"
                        + report.method().name().toLowerCase(java.util.Locale.ROOT),
                report);
    }
}
