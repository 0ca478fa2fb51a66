/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.testng.ITestNGListener;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/**
 * The Reactive Streams specification's own tests of a subscriber. They are written for TestNG, which runs here inside of JUnit; each of their methods is a test of
 * this class, and that there are as many as the specification has is one too.
 */
class AppendingTckIT {
    private static final int TESTS = 26;

    @TestFactory
    List<DynamicTest> subscriber() {
        return run(AppendingTck.class);
    }

    @TestFactory
    List<DynamicTest> flowSubscriber() {
        return run(FlowAppendingTck.class);
    }

    private static List<DynamicTest> run(Class<?> verification) {
        TestNG testNg = new TestNG(false);
        testNg.setVerbose(0);
        testNg.setTestClasses(new Class<?>[] {verification});
        TestListenerAdapter results = new TestListenerAdapter();
        testNg.addListener((ITestNGListener) results);
        testNg.run();
        List<DynamicTest> tests = new ArrayList<>();
        results.getPassedTests().forEach(passed -> tests.add(DynamicTest.dynamicTest(passed.getName(), () -> {})));
        results.getFailedTests().forEach(failed -> tests.add(dynamic(failed, failed.getThrowable())));
        results.getConfigurationFailures().forEach(failed -> tests.add(dynamic(failed, failed.getThrowable())));
        results.getSkippedTests()
                .forEach(skipped -> tests.add(dynamic(
                        skipped,
                        new TestAbortedException(
                                skipped.getThrowable() == null
                                        ? "skipped"
                                        : skipped.getThrowable().getMessage()))));
        int found = tests.size();
        tests.add(DynamicTest.dynamicTest("all tests of the specification were run", () -> assertThat(found)
                .isEqualTo(TESTS)));
        return tests;
    }

    private static DynamicTest dynamic(ITestResult result, Throwable outcome) {
        return DynamicTest.dynamicTest(result.getName(), () -> {
            throw outcome;
        });
    }
}
