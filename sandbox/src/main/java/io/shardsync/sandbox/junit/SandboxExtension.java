package io.shardsync.sandbox.junit;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.util.Optional;

/** Starts the shared sandbox for the first class that needs it and resets it for the others. It ends with the JVM. */
public final class SandboxExtension implements BeforeAllCallback, ParameterResolver {
    /**
     * Not in JUnit's store, which closes what it holds at the end of a run: where classes are spread over several JVMs,
     * each class is a run of its own, and would start servers of its own.
     */
    private static Sandbox shared;

    @Override
    public void beforeAll(ExtensionContext context) {
        // A nested class without an annotation of its own lives with what its outer class made.
        Optional.ofNullable(context.getRequiredTestClass().getDeclaredAnnotation(WithSandbox.class))
                .ifPresent(wanted -> {
                    Sandbox sandbox = shared();
                    sandbox.resize(wanted.nodes(), wanted.brokers());
                    sandbox.reset();
                });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Sandbox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shared();
    }

    private static synchronized Sandbox shared() {
        if (shared == null) {
            shared = Sandbox.start(SandboxSpec.defaults().withNodes(0).withBrokers(0));
        }
        return shared;
    }
}
