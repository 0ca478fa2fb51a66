/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

// THINK HARD ABOUT THE LAYERING OF THE PROJECT BEFORE CHANGING THIS FILE
/** Which way the packages of this module may look. */
@AnalyzeClasses(packages = "io.sluice.http", importOptions = DoNotIncludeTests.class)
class HttpArchitectureTest {
    @ArchTest
    static final ArchRule ROUTES_DO_NOT_KNOW_THE_SOCKETS = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.http.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sluice.http.server..");

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NO_RESOURCE_AND_NO_NODE = noClasses()
            .that()
            .resideInAPackage("io.sluice.http.route..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.http.operate..", "io.sluice.cluster..", "io.sluice.actors..");

    @ArchTest
    static final ArchRule NO_OTHER_PROTOCOL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "org.apache.kafka..", "io.sluice.kafka..");

    @ArchTest
    static final ArchRule NOTHING_OF_A_CLUSTERS_INSIDE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.sluice.cluster.sharding..",
                    "io.sluice.cluster.controller..",
                    "io.sluice.cluster.membership..",
                    "akka.cluster..");

    @ArchTest
    static final ArchRule NO_SLEEP = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses().should().callMethod(System.class, "currentTimeMillis");
}
