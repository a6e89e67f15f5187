package io.shardsync.sandbox.junit;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.util.Optional;

/** Starts the shared sandbox for the first class that needs it, resets it for the others, closes it after the last. */
public final class SandboxExtension implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SandboxExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        // A nested class without an annotation of its own lives with what its outer class made.
        Optional.ofNullable(context.getRequiredTestClass().getDeclaredAnnotation(WithSandbox.class))
                .ifPresent(wanted -> {
                    Sandbox sandbox = shared(context);
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
        return shared(context);
    }

    /** JUnit closes what the root store holds after the last test, failed or not. */
    private static Sandbox shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        Sandbox.class,
                        type -> Sandbox.start(
                                SandboxSpec.defaults().withNodes(0).withBrokers(0)),
                        Sandbox.class);
    }
}
