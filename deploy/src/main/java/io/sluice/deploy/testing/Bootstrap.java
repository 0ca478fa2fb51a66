/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a {@link String} parameter of a {@link SluiceTest}: the broker's address, for {@code bootstrap.servers}. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Bootstrap {}
