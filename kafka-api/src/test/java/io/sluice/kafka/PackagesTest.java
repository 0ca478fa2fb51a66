/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which way the packages of this module may look, and how much of kafka-clients they may touch. */
@AnalyzeClasses(packages = "io.sluice.kafka", importOptions = DoNotIncludeTests.class)
class PackagesTest {
    private static final String[] HANDLERS = {
        "..admin..", "..group..", "..produce..", "..fetch..", "..offset..", "..producer..", "..replica.."
    };

    @ArchTest
    static final ArchRule KAFKA_CLIENTS_GIVES_ONLY_THE_WIRE = noClasses()
            .should()
            .dependOnClassesThat(describe(
                    "are of kafka-clients, but neither its messages nor their protocol", PackagesTest::isForbidden));

    @ArchTest
    static final ArchRule THE_WIRE_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAPackage("io.sluice.kafka.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.kafka.api..", "io.sluice.kafka.server..");

    @ArchTest
    static final ArchRule HANDLERS_DO_NOT_KNOW_THE_SOCKETS = noClasses()
            .that()
            .resideInAnyPackage(HANDLERS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sluice.kafka.server..");

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NO_HANDLER = noClasses()
            .that()
            .resideInAPackage("io.sluice.kafka.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.kafka.admin..", "io.sluice.kafka.server..", "io.sluice.kafka.fetch..");

    /** The collections of generated messages inherit their methods from {@code ImplicitLinkedHashCollection}. */
    private static boolean isForbidden(JavaClass type) {
        String name = type.getName();
        return name.startsWith("org.apache.kafka.")
                && !name.startsWith("org.apache.kafka.common.message.")
                && !name.startsWith("org.apache.kafka.common.protocol.")
                && !name.startsWith("org.apache.kafka.common.utils.ImplicitLinkedHashCollection")
                && !name.equals("org.apache.kafka.common.Uuid");
    }
}
