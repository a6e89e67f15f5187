package io.shardsync.demo;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.sandbox.WriteLoad;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * {@code shardsync demo}: everything there is, on this machine, until Ctrl-C; with {@code --once} a story of faults.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a real Kafka, a real three-node Elasticsearch, the three services and a write load,",
            "and says where the dashboard is. Runs until Ctrl-C."
        })
public final class DemoMain implements Callable<Integer> {
    private static final String CLUSTER = "demo";

    @Option(
            names = "--once",
            description = "Plays a story of three faults instead, prints when each was seen and healed,"
                    + " and exits 0 only if every step was observed.")
    private boolean once;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the dashboard; 0, the default, takes a free one.")
    private int port;

    private DemoMain() {}

    /** Exit codes: 0 when all went well, 1 when a step was missed or something did not start, 2 for a wrong option. */
    public static void main(String[] args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/shardsync/demo/demo-logback.xml");
        }
        System.exit(new CommandLine(new DemoMain())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    line.getErr().println("demo: " + e.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Telling telling = new Telling(System.out);
        try (Sandbox sandbox = Sandbox.start(SandboxSpec.defaults(), telling::say)) {
            Deployment deployment =
                    Deployment.prepare(sandbox, Installation.find(), CLUSTER, port, DemoSettings.quick(CLUSTER));
            telling.say("starting collector, processor and actuator");
            deployment.start();
            telling.say("dashboard at " + deployment.address() + "/");
            try (Observer observer = new Observer(sandbox.kafka().bootstrap())) {
                Story.createIndices(sandbox);
                return once ? playOnce(sandbox, observer, telling) : runUntilStopped(sandbox, deployment, telling);
            }
        }
    }

    private static int playOnce(Sandbox sandbox, Observer observer, Telling telling) throws InterruptedException {
        boolean complete = new Story(sandbox, observer, telling).play();
        telling.say(complete ? "every step was observed" : telling.missed() + " steps were missed");
        return complete ? 0 : 1;
    }

    private static int runUntilStopped(Sandbox sandbox, Deployment deployment, Telling telling)
            throws InterruptedException {
        try (WriteLoad load = Story.writeLoad(sandbox)) {
            telling.say(
                    "writing to Elasticsearch; Kafka is at " + sandbox.kafka().bootstrap());
            sandbox.elasticsearch()
                    .nodes()
                    .forEach(node -> telling.say("  " + node.name() + "  " + node.url() + "  pid " + node.pid()));
            telling.say("try:  kill -9 "
                    + sandbox.elasticsearch("n3").pid() + "    and watch the dashboard, or "
                    + deployment.address() + "/alerts");
            telling.say("running, Ctrl-C ends it");
            new CountDownLatch(1).await();
            return 0;
        }
    }
}
