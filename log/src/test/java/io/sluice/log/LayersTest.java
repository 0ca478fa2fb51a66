/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The directions inside the module. The root package holds the vocabulary (views, results, settings) that all may use, and {@code PartitionLog}, which
 * uses all and is used by none of them.
 */
@AnalyzeClasses(packages = "io.sluice.log", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String LOG = "io.sluice.log.";

    @ArchTest
    static final ArchRule THE_LOG_KNOWS_NEITHER_AKKA_NOR_NETTY_NOR_KAFKA = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "scala..", "io.netty..", "org.apache.kafka..", "io.sluice.actors..");

    @ArchTest
    static final ArchRule BATCHES_KNOW_THEMSELVES_ONLY = noClasses()
            .that()
            .resideInAPackage(LOG + "batch")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.log", LOG + "file", LOG + "segment", LOG + "append", LOG + "recovery");

    @ArchTest
    static final ArchRule FILES_KNOW_THEMSELVES_ONLY = classes()
            .that()
            .resideInAPackage(LOG + "file")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(LOG + "file", "java..");

    @ArchTest
    static final ArchRule SEGMENTS_KNOW_NOTHING_OF_WHAT_IS_BUILT_ON_THEM = noClasses()
            .that()
            .resideInAPackage(LOG + "segment")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    LOG + "append", LOG + "recovery", LOG + "compaction", LOG + "retention", LOG + "producer");

    @ArchTest
    static final ArchRule PURE_STATE_TOUCHES_NO_FILE = noClasses()
            .that()
            .resideInAnyPackage(LOG + "producer", LOG + "epoch", LOG + "retention")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LOG + "file", LOG + "segment", "java.nio.file..", "java.nio.channels..");

    @ArchTest
    static final ArchRule ONLY_ONE_CLASS_OPENS_FILES = noClasses()
            .that()
            .resideOutsideOfPackage(LOG + "file")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files");

    @ArchTest
    static final ArchRule NOTHING_INSIDE_USES_THE_WHOLE = noClasses()
            .that()
            .resideInAnyPackage(
                    LOG + "batch", LOG + "file", LOG + "segment", LOG + "append", LOG + "recovery", LOG + "compaction")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("PartitionLog");
}
