package io.shardsync.processor;

import io.shardsync.runtime.service.RightsChecks;
import io.shardsync.runtime.service.ServiceLauncher;

import java.util.List;

/** {@code shardsync processor --config FILE [--set key=value …] [--check]} */
public final class ProcessorMain {
    private ProcessorMain() {}

    public static void main(String[] args) {
        new ServiceLauncher("processor", ProcessorConfig.DEFINITION, ProcessorService::new)
                .checking(settings -> RightsChecks.of(
                        settings.common(),
                        ProcessorRights.kafka(
                                settings.common(),
                                ProcessorConfig.from(settings).telling().enabled()),
                        List.of()))
                .runAndExit(args);
    }
}
