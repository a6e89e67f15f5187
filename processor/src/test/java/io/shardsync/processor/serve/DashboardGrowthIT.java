package io.shardsync.processor.serve;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Severity;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** The dashboard with much to show, and after much has changed. */
@InBrowser
@WithSandbox(nodes = 0)
class DashboardGrowthIT extends Browsing {
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
    void whereOnlyWhatIsNotInSyncIsLoadedCopiesThatMoveAreShownAllTheSame() {
        // Given: more shards than a page loads, or so it is told
        healthyCluster("prod", 4);
        write(Samples.moving("prod", "orders", 0, "n1", "n2", "n3"));
        server.flush();
        context = browser.newContext(atRest());
        context.route("**/clusters", route -> {
            APIResponse figures = route.fetch();
            String many = figures.text().replace("\"shards\":12", "\"shards\":70000");
            route.fulfill(new FulfillOptions().setResponse(figures).setBody(many));
        });

        // When
        page = tab();

        // Then
        assertThat(page.locator("#map-title")).containsText("1 shown");
        assertThat(page.locator("#recoveries")).containsText("orders/0");

        // And when one more moves, and then none does
        write(Samples.moving("prod", "users", 1, "n1", "n3", "n2"));
        assertThat(page.locator("li.recovery")).hasCount(2);
        write(Samples.inSync("prod", "orders", 0, "n1", "n3"));
        write(Samples.inSync("prod", "users", 1, "n1", "n2"));

        // Then
        assertThat(page.locator("#recoveries")).containsText("No copy is being built.");
        assertThat(complaints).isEmpty();
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
}
