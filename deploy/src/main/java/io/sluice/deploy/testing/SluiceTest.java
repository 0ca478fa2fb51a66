/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit 5 test class with a broker: one for all of its tests, started before the first that asks for it and closed after the last. Parameters of
 * constructors, tests and life-cycle methods may be its address ({@link Bootstrap}) or the {@link SluiceBroker} itself.
 *
 * <pre>{@code
 * @SluiceTest(config = "num.partitions=3")
 * class OrdersTest {
 *     @Test
 *     void anOrderArrives(@Bootstrap String bootstrap) { ... }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SluiceExtension.class)
public @interface SluiceTest {
    /** Settings of the broker, each {@code key=value}. */
    String[] config() default {};

    /** A new, empty broker for each test method rather than one for the class. */
    boolean brokerPerTest() default false;
}
