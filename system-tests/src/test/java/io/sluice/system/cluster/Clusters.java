/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Makes a test's clusters and ends them; in a static field those of a class of tests. When the test has failed, what each node logged, its configuration, its counters and threads stay below
 * {@code target/clusters/TEST}, together with its data, and the last lines are printed; else all is deleted, but for {@code -Dsluice.keep=true}.
 *
 * <pre>
 *   &#64;RegisterExtension
 *   final Clusters clusters = new Clusters();
 *
 *   &#64;Test
 *   void test() {
 *       TestCluster cluster = clusters.start(3, builder -&gt; builder.set("num.partitions", 4));
 * </pre>
 */
public final class Clusters
        implements BeforeAllCallback,
                BeforeEachCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler,
                AfterEachCallback,
                AfterAllCallback {
    private final List<TestCluster> made = new ArrayList<>();
    private Path folder = Path.of("target", "clusters");
    private boolean shared;
    private boolean failed;

    /** A cluster that serves. */
    public TestCluster start(int nodes, Consumer<TestCluster.Builder> more) {
        TestCluster cluster = make(nodes, more);
        cluster.start();
        return cluster;
    }

    /** A cluster that does not run yet. */
    public TestCluster make(int nodes, Consumer<TestCluster.Builder> more) {
        Path own = folder.resolve("cluster-" + (made.size() + 1)).toAbsolutePath();
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var builder = new TestCluster.Builder(own, nodes);
        more.accept(builder);
        TestCluster cluster = builder.build();
        made.add(cluster);
        return cluster;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        shared = true;
        begin(context.getRequiredTestClass().getSimpleName());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!shared) {
            String method = context.getRequiredTestMethod().getName();
            String name = context.getDisplayName();
            begin(context.getRequiredTestClass().getSimpleName() + "."
                    + (name.startsWith(method) ? method : method + "-" + name));
        }
    }

    private void begin(String test) {
        folder = folder.resolve(test.replaceAll("[^A-Za-z0-9.]+", "-"));
        Folders.delete(folder);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dump();
        throw failure;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dump();
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        dump();
        throw failure;
    }

    private void dump() {
        failed = true;
        made.forEach(cluster -> new Dump(cluster).write());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!shared) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end();
    }

    private void end() {
        made.forEach(TestCluster::close);
        if (!failed && !Boolean.getBoolean("sluice.keep")) {
            Folders.delete(folder);
        }
    }
}
