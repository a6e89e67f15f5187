package io.shardsync.processor;

import io.shardsync.runtime.service.ServiceLauncher;

/** {@code shardsync processor --config FILE [--set key=value …] [--check]} */
public final class ProcessorMain {
    private ProcessorMain() {}

    public static void main(String[] args) {
        new ServiceLauncher("processor", ProcessorConfig.DEFINITION, ProcessorService::new).runAndExit(args);
    }
}
