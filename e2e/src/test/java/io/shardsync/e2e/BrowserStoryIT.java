package io.shardsync.e2e;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a person sees when a node dies while somebody's allocation switch is forgotten: everything real, from
 * Elasticsearch to the browser, on one page that is never loaded again. With {@code -Dimages.update=true} its pictures
 * become those of the README.
 */
@Tag("long")
@WithSandbox
class BrowserStoryIT {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Path IMAGES = Path.of("..", "docs", "images");
    private static final String CLUSTER = "demo";
    private static final String ORDERS = "orders";
    private static final int WIDTH = 1400;
    private static final int HEIGHT = 1000;
    private static final int SHARDS = 3;
    private static final int MIB_A_SHARD = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final double PATIENCE_MS = PATIENCE.toMillis();

    /** When a text was first seen on the page, by the page's own clock. */
    private static final String NOTE_WHEN_SEEN =
            """
            () => {
              window.story = {};
              const look = (name, found) => { if (found && !window.story[name]) window.story[name] = Date.now(); };
              new MutationObserver(() => {
                look('alert', [...document.querySelectorAll('li.alert')].some((e) => e.textContent.includes('NodeLost')));
                look('map', document.querySelector('td .copy.r.st-unassigned'));
              }).observe(document.body, { subtree: true, childList: true, characterData: true });
            }""";

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private Sandbox sandbox;
    private Deployment deployment;
    private Playwright playwright;
    private BrowserContext context;
    private Page page;

    @BeforeEach
    void deploy(Sandbox given) {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM),
                "skipped: there is no " + CHROMIUM + "; with Debian, 'apt-get install chromium' brings it");
        sandbox = given;
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        settings.put("healing.mode", "suggest");
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        fill();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
        context = browser.newContext(new Browser.NewContextOptions()
                .setColorScheme(ColorScheme.LIGHT)
                .setViewportSize(WIDTH, HEIGHT));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    @AfterEach
    void undeploy() {
        if (playwright != null) {
            playwright.close();
        }
        if (deployment != null) {
            deployment.stop();
        }
    }

    @Test
    void aNodeDiesAndAPersonSeesItPlansSendsAndWatchesItHeal() throws IOException {
        // Given
        page.navigate(deployment.address() + "/");
        assertThat(page.locator("#connection")).containsText("live");
        assertThat(page.locator(".headline"))
                .containsText("All " + SHARDS + " shards of 1 cluster are in sync", within());
        page.evaluate(NOTE_WHEN_SEEN);
        picture("1-healthy");
        sandbox.http().put("/" + ORDERS + "/_settings", "{\"index.routing.allocation.enable\":\"primaries\"}");
        assertThat(alert("AllocationSwitchedOff")).isVisible(soon());

        try (Faults faults = new Faults(sandbox)) {
            // When
            long killedAt = System.currentTimeMillis();
            Injected killed = faults.apply(new KillNode("n3"));

            // Then
            assertThat(alert("NodeLost")).isVisible(soon());
            assertThat(page.locator("td .copy.r.st-unassigned").first()).isVisible(soon());
            assertThat(alert("ReplicasUnassigned")).isVisible(soon());
            whatChangedIsSeenAsSoonAsItIsTold(killedAt);
            picture("2-node-lost");
            nothingHindersAnybody();

            theForgottenSwitchIsPutBack();

            // When
            killed.undo();

            // Then
            assertThat(alert("NodeLost")).hasCount(0, new HasCountOptions().setTimeout(PATIENCE_MS));
        }
        assertThat(page.locator("#alerts > ul.list > li.alert"))
                .hasCount(0, new HasCountOptions().setTimeout(PATIENCE_MS));
        assertThat(page.locator(".headline"))
                .containsText("All " + SHARDS + " shards of 1 cluster are in sync", within());
        picture("6-resolved");
        assertThat(page.evaluate("typeof window.story"))
                .as("the page was never loaded again")
                .isEqualTo("object");
        assertThat(complaints).isEmpty();
        if (Boolean.getBoolean("images.update")) {
            copy("2-node-lost", "dashboard");
            copy("3-plan-form", "plan");
            copy("4-recovering-bars", "recovering");
        }
    }

    /**
     * A record's time is that of the collection or of the judgement it comes from, never later than its being written.
     */
    private void whatChangedIsSeenAsSoonAsItIsTold(long killedAt) {
        Topics topics = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/story");
        Map<String, Long> told = Map.of(
                "alert",
                firstSince(killedAt, topics.alerts(), alert -> alert.alertname().equals("NodeLost")),
                "map",
                firstSince(killedAt, topics.replicationStatuses(), status -> status.replicas().stream()
                        .anyMatch(replica -> replica.state() == ReplicaState.UNASSIGNED)));
        told.forEach((what, at) -> {
            long seen = ((Number) page.evaluate("(what) => window.story[what]", what)).longValue();
            System.out.println("browser story: " + what + " on the page " + (seen - at) + " ms after its record and "
                    + (seen - killedAt) + " ms after kill -9");
            assertThat(seen - at).as("%s: milliseconds from its record", what).isBetween(0L, 3_000L);
        });
    }

    private <K, V> long firstSince(long since, Topic<K, V> topic, Predicate<V> which) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", sandbox.kafka().bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            LongSummaryStatistics found = new LongSummaryStatistics();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    V value = topic.values().deserializer().deserialize(record.topic(), record.value());
                    if (value != null && record.timestamp() > since && which.test(value)) {
                        found.accept(record.timestamp());
                    }
                });
            }
            assertThat(found.getCount()).as("records on %s", topic.name()).isPositive();
            return found.getMin();
        }
    }

    private void theForgottenSwitchIsPutBack() {
        // When
        alert("ReplicasUnassigned").locator("text=Plan a recovery").click();
        page.keyboard().press("Enter");

        // Then
        assertThat(page.locator("#plan")).containsText("PUT /" + ORDERS + "/_settings", within());
        Locator real = page.locator("#send-for-real");
        assertThat(real).isVisible(soon());
        picture("3-plan");
        picture("3-plan-form", page.locator("#form"));

        // When
        real.click();

        // Then
        Locator bar = page.locator("li.recovery progress").first();
        assertThat(bar).isVisible(soon());
        double first = value(bar);
        await().atMost(PATIENCE).until(() -> bar.count() > 0 && value(bar) > first && value(bar) < 100);
        System.out.println("browser story: the bar moved from " + first + " to " + value(bar) + " %");
        picture("4-recovering");
        picture("4-recovering-bars", page.locator("#recoveries"));
        assertThat(page.locator("#outcome")).containsText("yes: seen in the routing table", within());
        assertThat(alert("ReplicasUnassigned")).hasCount(0, new HasCountOptions().setTimeout(PATIENCE_MS));
        picture("5-healed");
    }

    private void nothingHindersAnybody() {
        for (ColorScheme scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            assertThat(new AxeBuilder(page).analyze().getViolations())
                    .as("what axe finds in %s", scheme)
                    .isEmpty();
            if (scheme == ColorScheme.DARK) {
                picture("2-node-lost-dark");
            }
        }
        page.setViewportSize(390, 844);
        picture("2-node-lost-phone");
        page.setViewportSize(WIDTH, HEIGHT);
    }

    /** Data that can't be compressed, and a network slow enough to watch it travel. */
    private void fill() {
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"indices.recovery.max_bytes_per_sec\":\"1mb\"}}");
        sandbox.http()
                .put(
                        "/" + ORDERS + "?wait_for_active_shards=all",
                        "{\"settings\":{\"number_of_shards\":" + SHARDS + ",\"number_of_replicas\":1,"
                                + "\"unassigned.node_left.delayed_timeout\":\"0\"},\"mappings\":{\"enabled\":false}}");
        Random random = new Random(7);
        byte[] noise = new byte[96 * 1024];
        for (int mib = 0; mib < SHARDS * MIB_A_SHARD; mib++) {
            StringBuilder bulk = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                random.nextBytes(noise);
                bulk.append("{\"index\":{}}\n{\"noise\":\"")
                        .append(Base64.getEncoder().encodeToString(noise))
                        .append("\"}\n");
            }
            sandbox.http().post("/" + ORDERS + "/_bulk", bulk.toString());
        }
        sandbox.http().post("/" + ORDERS + "/_flush", "");
        sandbox.http().awaitHealth("green", PATIENCE);
    }

    /** One that fires; those that ended are in a list of their own. */
    private Locator alert(String name) {
        return page.locator("#alerts > ul.list > li.alert", new Page.LocatorOptions().setHasText(name + " ·"));
    }

    private static double value(Locator bar) {
        return ((Number) bar.evaluate("(each) => each.value")).doubleValue();
    }

    private static ContainsTextOptions within() {
        return new ContainsTextOptions().setTimeout(PATIENCE_MS);
    }

    private static IsVisibleOptions soon() {
        return new IsVisibleOptions().setTimeout(PATIENCE_MS);
    }

    private void picture(String name) {
        // Otherwise what sticks to the top is somewhere in the middle of the picture.
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve("story-" + name + ".png"))
                .setFullPage(true));
    }

    private static void picture(String name, Locator part) {
        part.screenshot(new Locator.ScreenshotOptions().setPath(PICTURES.resolve("story-" + name + ".png")));
    }

    private static void copy(String picture, String image) throws IOException {
        Files.copy(
                PICTURES.resolve("story-" + picture + ".png"),
                IMAGES.resolve(image + ".png"),
                StandardCopyOption.REPLACE_EXISTING);
    }
}
