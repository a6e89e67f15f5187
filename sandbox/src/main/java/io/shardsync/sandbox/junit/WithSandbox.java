package io.shardsync.sandbox.junit;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test class that needs a real Kafka or a real Elasticsearch. Its constructor and methods may have a parameter of
 * type {@link io.shardsync.sandbox.Sandbox}.
 *
 * <p>All classes of a JVM share one sandbox, as long as the JVM lives. It is reset before each class: no index, no
 * cluster setting, no topic, every server running. Within a class, reset it yourself where tests would disturb one
 * another.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SandboxExtension.class)
public @interface WithSandbox {
    /**
     * Elasticsearch nodes the class sees. 0: it needs none, and none is started for it. Classes that ask for different
     * numbers cost a restart each.
     */
    int nodes() default 3;

    /** Kafka brokers the class sees. 0: it needs none, and none is started for it. */
    int brokers() default 1;
}
