/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

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
        SluiceTest wanted = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), SluiceTest.class)
                .orElseThrow(() -> new ExtensionConfigurationException(
                        context.getRequiredTestClass().getName() + " has no @SluiceTest"));
        ExtensionContext owner = wanted.brokerPerTest() ? context : classContext(context);
        Store store = owner.getStore(NAMESPACE);
        return store.getOrComputeIfAbsent(SluiceExtension.class, key -> new Owned(start(wanted)), Owned.class)
                .broker();
    }

    /** The context of the outermost class that has the annotation: nested classes share its broker. */
    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext found = context;
        for (ExtensionContext each = context;
                each.getTestClass().isPresent();
                each = each.getParent().orElseThrow()) {
            if (each.getTestMethod().isEmpty()) {
                found = each;
            }
        }
        return found;
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
    private record Owned(SluiceBroker broker) implements Store.CloseableResource {
        @Override
        public void close() {
            broker.close();
        }
    }
}
