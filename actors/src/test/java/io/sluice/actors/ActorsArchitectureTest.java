/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

// THINK HARD ABOUT THE LAYERING OF THE PROJECT BEFORE CHANGING THIS FILE
@AnalyzeClasses(packages = "io.sluice.actors", importOptions = ImportOption.DoNotIncludeTests.class)
class ActorsArchitectureTest {
    @ArchTest
    static final ArchRule REPLICATION_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.sluice.actors.replication..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "io.sluice.actors.partition..", "io.sluice.actors.group..");

    @ArchTest
    static final ArchRule THE_GROUP_CORE_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.sluice.actors.group.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "io.sluice.actors.partition..");

    @ArchTest
    static final ArchRule THE_SUBSCRIPTION_CORE_IS_PURE = noClasses()
            .that()
            .resideInAPackage("io.sluice.actors.subscription.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "io.sluice.actors.partition..");

    @ArchTest
    static final ArchRule PARTITIONS_KNOW_NOTHING_OF_WHAT_IS_ON_TOP = noClasses()
            .that()
            .resideInAPackage("io.sluice.actors.partition..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.actors.group..", "io.sluice.actors.subscription..");

    @ArchTest
    static final ArchRule NO_CLUSTER_AND_NO_PROTOCOL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka.cluster..", "akka.remote..", "io.netty..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule PARTITION_EVENTS_ARE_THE_PARTITIONS_OWN =
            classes().that().haveSimpleName("PartitionEvent").should().bePackagePrivate();

    @ArchTest
    static final ArchRule NO_SLEEP = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses().should().callMethod(System.class, "currentTimeMillis");
}
