package io.shardsync.collector;

import io.shardsync.runtime.service.RightsChecks;
import io.shardsync.runtime.service.ServiceLauncher;

/** Launches the collector: {@code --config FILE}, {@code --set key=value}, {@code --check}. */
public final class CollectorMain {
    private CollectorMain() {}

    /** Ends the process with the launcher's exit code. */
    public static void main(String[] args) {
        new ServiceLauncher("collector", CollectorConfig.DEFINITION, Collector::new)
                .checking(settings -> RightsChecks.of(
                        settings.common(), CollectorRights.kafka(settings.common()), CollectorRights.elasticsearch()))
                .runAndExit(args);
    }
}
