/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link SluiceTest} brings: injects the broker, made when it is first asked for. JUnit closes it with the class or the test that it belongs to. */
final class SluiceExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SluiceExtension.class);

    SluiceExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (parameter.isAnnotated(Bootstrap.class)) {
            if (type != String.class) {
                throw new ExtensionConfigurationException(
                        "@Bootstrap is for a String, not for a " + type.getSimpleName());
            }
            return true;
        }
        return type == SluiceBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        SluiceBroker broker = broker(context);
        return parameter.isAnnotated(Bootstrap.class) ? broker.bootstrap() : broker;
    }

    private static SluiceBroker broker(ExtensionContext context) {
        ExtensionContext ofClass = annotated(context);
        SluiceTest wanted = annotation(ofClass).orElseThrow();
        ExtensionContext owner = wanted.brokerPerTest() ? context : ofClass;
        // a store sees what its parents hold, so the key names the owner
        return owner.getStore(NAMESPACE)
                .getOrComputeIfAbsent(owner.getUniqueId(), key -> new Owned(start(wanted)), Owned.class)
                .broker();
    }

    /** The context of the innermost class with the annotation: nested classes without one share the broker of the class around them. */
    private static ExtensionContext annotated(ExtensionContext context) {
        for (Optional<ExtensionContext> each = Optional.of(context);
                each.isPresent();
                each = each.get().getParent()) {
            if (each.get().getTestMethod().isEmpty() && annotation(each.get()).isPresent()) {
                return each.get();
            }
        }
        throw new ExtensionConfigurationException(context.getRequiredTestClass().getName() + " has no @SluiceTest");
    }

    private static Optional<SluiceTest> annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestClass(), SluiceTest.class);
    }

    private static SluiceBroker start(SluiceTest wanted) {
        SluiceBroker.Builder builder = SluiceBroker.builder();
        for (String pair : wanted.config()) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new ExtensionConfigurationException("@SluiceTest: \"" + pair + "\" is not key=value");
            }
            builder.config(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return builder.start();
    }

    /** JUnit 5 before 5.13 closes this kind of value, later versions any {@link AutoCloseable}. */
    @SuppressWarnings("deprecation")
    private record Owned(SluiceBroker broker) implements Store.CloseableResource, AutoCloseable {
        @Override
        public void close() {
            broker.close();
        }
    }
}
