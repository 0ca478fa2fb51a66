/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the client may use. */
@AnalyzeClasses(packages = "io.sluice.client", importOptions = DoNotIncludeTests.class)
class PackagesTest {
    @ArchTest
    static final ArchRule THE_JDK_AND_REACTIVE_STREAMS = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.reactivestreams", "io.sluice.client");

    @ArchTest
    static final ArchRule THE_CORES_KNOW_NO_CLOCK_NO_THREAD_AND_NO_NETWORK = noClasses()
            .that()
            .haveNameMatching(".*\\.(SubscriptionCore|ProducerCore|ProducerLine|ConnectionPlan|LinkProbe)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http", "java.util.concurrent", "java.time");
}
