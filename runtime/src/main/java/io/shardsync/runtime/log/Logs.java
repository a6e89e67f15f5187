package io.shardsync.runtime.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.shardsync.runtime.config.CommonKeys;
import io.shardsync.runtime.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts into effect what the configuration says of logs: {@code log.format} and {@code log.level}. */
public final class Logs {
    private static final String APPENDER = "console";
    private static final String OURS = "io.shardsync";
    private static final String KAFKA = "org.apache.kafka";

    private Logs() {}

    /** What is not configured stays as {@code logback.xml}, ours or another, has it. */
    public static void apply(Settings settings) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        settings.optionalString(CommonKeys.LOG_LEVEL)
                .ifPresent(level -> context.getLogger(OURS).setLevel(Level.toLevel(level)));
        if (isEcs(settings)) {
            Appender<ILoggingEvent> console =
                    context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
            if (console instanceof OutputStreamAppender<ILoggingEvent> stream) {
                stream.setEncoder(
                        ecs(context, "shardsync-" + settings.definition().service()));
            } else {
                LoggerFactory.getLogger(Logs.class)
                        .warn("log.format=ecs has no effect: the Logback configuration has no appender {}", APPENDER);
            }
        }
    }

    /** For what prints lines of its own: Kafka's clients no longer say among them that all is well. */
    public static void troublesOnly() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(KAFKA).setLevel(Level.WARN);
    }

    /** Whether lines are JSON, so that nothing else should be written among them. */
    public static boolean isEcs(Settings settings) {
        return settings.string(CommonKeys.LOG_FORMAT).equals(CommonKeys.ECS);
    }

    private static Encoder<ILoggingEvent> ecs(LoggerContext context, String service) {
        EcsLines lines = new EcsLines();
        lines.setContext(context);
        lines.setServiceName(service);
        lines.setEventDataset(service);
        lines.start();
        return lines;
    }
}
