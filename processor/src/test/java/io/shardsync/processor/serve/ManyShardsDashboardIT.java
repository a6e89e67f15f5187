package io.shardsync.processor.serve;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** The dashboard of somebody who has 100,000 shards. */
@Tag("long")
@InBrowser
@WithSandbox(nodes = 0)
class ManyShardsDashboardIT {
    private static final Path PICTURE = Path.of("target", "screenshots", "hundred-thousand.png");
    private static final int CHANGES = 5_000;
    private static final double PATIENCE_MS = 60_000;

    /** How long the page kept a person waiting, longest first; a browser calls more than 50 ms long. */
    private static final String LONG_TASKS =
            """
            window.longTasks = [];
            new PerformanceObserver((list) => list.getEntries().forEach((e) => window.longTasks.push(Math.round(e.duration))))
              .observe({ type: 'longtask', buffered: true });""";

    private static final String FILTER =
            """
            async (text) => {
              const input = document.getElementById('index-filter');
              const start = performance.now();
              input.value = text;
              input.dispatchEvent(new Event('input'));
              await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              return Math.round(performance.now() - start);
            }""";

    private final List<String> complaints = new CopyOnWriteArrayList<>();

    @Test
    void itOpensShowsOnlyWhatIsNotInSyncAndStaysResponsive(Sandbox sandbox) throws Exception {
        // Given
        try (Server server = Server.startWith(sandbox, ManyShardsDashboardIT::fill);
                Playwright playwright = Browsing.playwright()) {
            Page page = Browsing.chromium(playwright, "--enable-precise-memory-info")
                    .newPage(new Browser.NewPageOptions().setViewportSize(1440, 1000));
            Browsing.listen(page, complaints);
            page.addInitScript(LONG_TASKS);

            // When
            long start = System.nanoTime();
            page.navigate(server.address() + "/");

            // Then
            assertThat(page.locator(".headline"))
                    .containsText(
                            "100 shards of 100,000 not in sync", new ContainsTextOptions().setTimeout(PATIENCE_MS));
            assertThat(page.locator("table.shards tbody tr")).hasCount(ManyShardsIT.LAGGING, rows());
            say("opened", (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(page.locator("#only-behind")).isChecked();
            say("tasks over 50 ms while opening", page.evaluate("window.longTasks"));

            // And when a person filters
            say("filtering", page.evaluate(FILTER, "index-000*") + " ms");
            assertThat(page.locator("table.shards tbody tr")).hasCount(1, rows());
            page.evaluate(FILTER, "");

            // And when much changes
            page.evaluate("window.longTasks = []");
            start = System.nanoTime();
            for (int i = 0; i < CHANGES; i++) {
                write(server, Samples.inSync("prod", "index-%05d".formatted(i), 0, "n2", "n1"));
            }
            write(server, Samples.degraded("prod", "index-00001", 3, "n1"));
            server.flush();

            // Then
            assertThat(page.locator("td .copy.r.st-unassigned")).hasCount(1, rows());
            say(CHANGES + " changes, the last one seen after", (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(page.locator(".headline"))
                    .containsText(
                            "101 shards of 100,000 not in sync", new ContainsTextOptions().setTimeout(PATIENCE_MS));
            say("tasks over 50 ms meanwhile", page.evaluate("window.longTasks"));
            say("heap of the page", page.evaluate("Math.round(performance.memory.usedJSHeapSize / 1048576)") + " MiB");

            // And when everything is asked for: what is not loaded is not drawn, and that is said
            page.locator("#only-behind").uncheck();
            assertThat(page.locator("#map .banner")).containsText("more than 6,000 shards");
            page.screenshot(new Page.ScreenshotOptions().setPath(PICTURE).setFullPage(true));
            assertThat(complaints).isEmpty();
        }
    }

    private static void fill(Server server) {
        ManyShardsIT.fill(server);
        server.write(server.topics().alerts(), "watchdog", Samples.watchdog(Instant.now()));
        server.write(
                server.topics().clusterSnapshots(),
                "prod",
                Samples.cluster("prod", "green", List.of("n1", "n2"), List.of()));
    }

    private static void write(Server server, io.shardsync.schemas.model.ReplicationStatus status) {
        server.write(server.topics().replicationStatuses(), status.key(), status);
    }

    private static HasCountOptions rows() {
        return new HasCountOptions().setTimeout(PATIENCE_MS);
    }

    private static void say(String what, Object figure) {
        System.out.println("dashboard of " + ManyShardsIT.SHARDS + " shards, " + what + ": " + figure);
    }
}
