package io.shardsync.actuator;

import io.shardsync.runtime.service.RightsChecks;
import io.shardsync.runtime.service.ServiceLauncher;

/** Starts the actuator. */
public final class ActuatorMain {
    private ActuatorMain() {}

    /** {@code --config FILE}, {@code --set key=value}, {@code --check}. */
    public static void main(String... args) {
        new ServiceLauncher("actuator", ActuatorConfig.definition(), Actuator::new)
                .checking(settings -> RightsChecks.of(
                        settings.common(),
                        ActuatorRights.kafka(settings.common()),
                        ActuatorRights.elasticsearch(settings.common().healing().anyActs())))
                .runAndExit(args);
    }
}
