/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

// THINK HARD ABOUT THE LAYERING OF THE PROJECT BEFORE CHANGING THIS FILE
@AnalyzeClasses(packages = "io.sluice.cluster", importOptions = ImportOption.DoNotIncludeTests.class)
class ClusterArchitectureTest {
    @ArchTest
    static final ArchRule ONLY_SHARDING_KNOWS_SHARDING = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.cluster.sharding..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("akka.cluster.sharding..");

    @ArchTest
    static final ArchRule CONFIGURATION_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.sluice.cluster.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "io.sluice.cluster.sharding..", "io.sluice.cluster.controller..");

    @ArchTest
    static final ArchRule METADATA_KNOWS_NO_CONFIGURATION_AND_NO_CONTROLLER = noClasses()
            .that()
            .resideInAPackage("io.sluice.cluster.metadata..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.sluice.cluster.config..",
                    "io.sluice.cluster.controller..",
                    "io.sluice.cluster.sharding..",
                    "akka.cluster..");

    @ArchTest
    static final ArchRule THE_CONTROLLERS_CORE_IS_PURE = noClasses()
            .that()
            .haveSimpleNameStartingWith("ControllerCore")
            .or()
            .haveSimpleNameStartingWith("Topic")
            .or()
            .haveSimpleNameStartingWith("Placement")
            .or()
            .haveSimpleNameStartingWith("ConfigAlteration")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("akka..");

    @ArchTest
    static final ArchRule NO_PROTOCOL =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.netty..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule NO_SLEEP = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses().should().callMethod(System.class, "currentTimeMillis");
}
