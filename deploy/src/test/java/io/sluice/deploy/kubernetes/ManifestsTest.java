/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is applied to Kubernetes: the chart with several values, and the plain manifests, which are the chart's renderings. */
class ManifestsTest {
    private static final String EVERYTHING = """
            nodes: 5
            voters: 5
            discovery: kubernetes-api
            clusterDomain: example.internal
            image: {repository: registry.example.internal/sluice, tag: "1", pullSecrets: [{name: puller}]}
            storage: {size: 1Ti, class: fast}
            settings: {num.partitions: 6, min.insync.replicas: 1, log.segment.bytes: 1073741824, auto.create.topics.enable: false}
            service: {type: LoadBalancer, annotations: {a: b}}
            serviceAccount: {annotations: {c: d}}
            podAnnotations: {e: f}
            podLabels: {g: h}
            nodeSelector: {disk: ssd}
            tolerations: [{key: streams, operator: Exists}]
            topologySpreadConstraints:
              - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway}
            affinity: {nodeAffinity: {}}
            priorityClassName: high
            extraEnv: [{name: X, value: "1"}]
            extraVolumes: [{name: more, emptyDir: {}}]
            extraVolumeMounts: [{name: more, mountPath: /more}]
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "discovery: kubernetes-api",
                "{nodes: 1, voters: 1, podDisruptionBudget: false, networkPolicy: false}",
                "serviceAccount: {create: false, name: theirs}",
                EVERYTHING
            })
    void theChartIsWhatKubernetesTakesAndTheProgramUnderstands(String values) throws Exception {
        Release release = Release.of(Chart.render("orders", values));

        release.check();
    }

    @Test
    void valuesGoWhereTheyBelong() throws Exception {
        Release release = Release.of(Chart.render("orders", EVERYTHING));

        assertThat(release.settings())
                .containsEntry("log.segment.bytes", "1073741824")
                .containsEntry("num.partitions", "6")
                .containsEntry("default.replication.factor", "3")
                .containsEntry("min.insync.replicas", "1")
                .containsEntry("auto.create.topics.enable", "false")
                .containsEntry("sluice.cluster.voters", "0,1,2,3,4")
                .containsEntry("sluice.cluster.discovery", "kubernetes-api")
                .containsEntry(
                        "sluice.cluster.discovery.selector",
                        "app.kubernetes.io/name=sluice,app.kubernetes.io/instance=orders")
                .doesNotContainKey("sluice.cluster.seeds");
        assertThat(release.startOf(3))
                .containsSequence("--node", "3")
                .containsSequence("--akka", "10.1.2.3:2551")
                .containsSequence(
                        "-D",
                        "advertised.listeners=PLAINTEXT://orders-sluice-3.orders-sluice-nodes.sluice.svc.example.internal:9092");
    }

    @Test
    void withStaticSeedsANodeListensUnderTheNameThatTheSeedsHave() throws Exception {
        Release release = Release.of(Chart.render("sluice", "{}"));

        List<String> start = release.startOf(1);
        String akka = start.get(start.indexOf("--akka") + 1);

        assertThat(release.settings().get("sluice.cluster.seeds").split(","))
                .hasSize(3)
                .contains(akka);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodes: 2 | voters: 3, but there are only 2 nodes",
                "voters: 2 | voters",
                "discovery: dns | discovery",
                "storage: {size: much} | size",
                "replicas: 3 | replicas",
                "serviceAccount: {create: false} | serviceAccount.name: must be set where serviceAccount.create is false",
            })
    void wrongValuesAreRefused(String values, String because) {
        Chart.needsHelm();

        assertThatThrownBy(() -> Chart.render("orders", values)).hasMessageContaining(because);
    }

    @Test
    void helmFindsNothingToComplainAbout() {
        Chart.needsHelm();

        LintResult lint = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"static-seeds.yaml, static", "kubernetes-api.yaml, kubernetes-api"})
    void thePlainManifestsAreRenderingsOfTheChart(String name, String discovery) throws Exception {
        Path file = Chart.deploy().resolve("kubernetes").resolve(name);
        String rendered = """
                # SPDX-License-Identifier: Apache-2.0
                # Three nodes: kubectl create namespace sluice && kubectl apply -n sluice -f %s
                # This is the chart in deploy/helm/sluice, rendered for the namespace sluice. ManifestsTest writes it with -Dsluice.docs.write=true.
                """.formatted(name) + plain(Chart.render("sluice", "discovery: " + discovery));

        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(file, rendered);
        }

        assertThat(file)
                .as("the chart has changed: run this test with -Dsluice.docs.write=true")
                .hasContent(rendered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"static-seeds.yaml", "kubernetes-api.yaml"})
    void thePlainManifestsAreWhatKubernetesTakesAndTheProgramUnderstands(String name) throws Exception {
        Release.of(Files.readString(Chart.deploy().resolve("kubernetes").resolve(name)))
                .check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicas: 3 | replica: 3 | replica",
                "replicas: 3 | replicas: three | replicas",
                "serviceName: | servicename: | servicename",
                "port: 9092 | port: true | port",
                "value: \" | value: 1 # | value",
                "kind: StatefulSet | kind: StatefullSet | unknown kind apps/v1/StatefullSet",
            })
    void theCheckSeesMistakes(String right, String wrong, String because) throws Exception {
        String manifests = Files.readString(Chart.deploy().resolve("kubernetes/static-seeds.yaml"));
        assertThat(manifests).contains(right);

        assertThatThrownBy(() -> StrictYaml.manifests(manifests.replace(right, wrong)))
                .hasMessageContaining(because);
    }

    /** Without what only Helm has a use for. */
    private static String plain(String rendered) {
        return rendered.replaceAll("(?m)^# Source: .*\\n", "")
                .replaceAll("(?m)^ *app.kubernetes.io/managed-by: .*\\n", "");
    }
}
