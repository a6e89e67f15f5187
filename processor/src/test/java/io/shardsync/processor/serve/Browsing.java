package io.shardsync.processor.serve;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** The dashboard in a real browser, over records written to a real Kafka: what its tests have in common. */
abstract class Browsing {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path PICTURES = Path.of("target", "screenshots");

    private static Playwright playwright;
    static Browser browser;

    /** What the browser's console says of the pages that is no mere information. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    Server server;
    BrowserContext context;
    /** The one that was opened first. */
    Page page;

    static boolean chromiumIsInstalled() {
        return Files.isExecutable(CHROMIUM);
    }

    @BeforeAll
    static void openBrowser() {
        playwright = playwright();
        browser = chromium(playwright);
    }

    /** Without the browsers that it else would fetch. */
    static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    static Browser chromium(Playwright playwright, String... options) {
        List<String> all = new ArrayList<>(List.of("--no-sandbox", "--disable-dev-shm-usage"));
        all.addAll(List.of(options));
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(all));
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

    final void healthyCluster(String name, int shards) {
        write(Samples.cluster(name, "green", List.of("n1", "n2", "n3"), List.of()));
        for (String index : List.of("orders", "users", "logs-1")) {
            for (int shard = 0; shard < shards; shard++) {
                write(Samples.inSync(name, index, shard, "n1", shard % 2 == 0 ? "n2" : "n3"));
            }
        }
        server.flush();
    }

    final void nodeIsLost(String name) {
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

    final void open(ColorScheme scheme, int width, int height) {
        context = browser.newContext(atRest().setColorScheme(scheme).setViewportSize(width, height));
        page = tab();
    }

    /** A page that is still scrolling moves away under the mouse, and the click is lost. */
    static Browser.NewContextOptions atRest() {
        return new Browser.NewContextOptions().setReducedMotion(ReducedMotion.REDUCE);
    }

    /** One more page of the same browser. */
    final Page tab() {
        Page tab = tab(server.address());
        assertThat(tab.locator("#connection")).hasText("● live");
        return tab;
    }

    final Page tab(String address) {
        Page tab = context.newPage();
        listen(tab, complaints);
        tab.navigate(address + "/");
        return tab;
    }

    /** Keeps what the browser's console says of the page that is no mere information. */
    static void listen(Page page, List<String> complaints) {
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    final void picture(String name) {
        // Otherwise what sticks to the top is somewhere in the middle of the picture.
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }

    final void write(ReplicationStatus status) {
        server.write(server.topics().replicationStatuses(), status.key(), status);
    }

    final void write(Alert alert) {
        server.write(server.topics().alerts(), alert.fingerprint(), alert);
    }

    final void write(RecoveryResult result) {
        server.write(server.topics().recoveryResults(), result.commandId(), result);
    }

    final void write(ClusterSnapshot snapshot) {
        server.write(server.topics().clusterSnapshots(), snapshot.cluster(), snapshot);
    }

    final void write(ConsistencyReport report) {
        server.write(
                server.topics().consistencyReports(),
                report.cluster() + "/" + report.index() + "/"
                        + report.method().name().toLowerCase(Locale.ROOT),
                report);
    }
}
