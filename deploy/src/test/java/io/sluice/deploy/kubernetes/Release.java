/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.membership.DiscoveredSeeds;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The objects of one release, and whether they fit each other, Kubernetes and the program. */
final class Release {
    private static final String NAME = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
    private static final String POD_IP = "10.1.2.3";

    private final List<HasMetadata> objects;
    private final StatefulSet nodes;
    private final Container container;

    private Release(List<HasMetadata> objects) {
        this.objects = objects;
        assertThat(all(StatefulSet.class)).hasSize(1);
        this.nodes = all(StatefulSet.class).get(0);
        assertThat(podSpec().getContainers()).hasSize(1);
        this.container = podSpec().getContainers().get(0);
    }

    static Release of(String yaml) {
        return new Release(StrictYaml.manifests(yaml));
    }

    void check() throws Exception {
        names();
        selectors();
        ports();
        volumes();
        probes();
        security();
        serviceAccount();
        for (int ordinal = 0; ordinal < nodes.getSpec().getReplicas(); ordinal++) {
            program(ordinal);
        }
    }

    /** sluice.properties of the ConfigMap. */
    Map<String, String> settings() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(all(ConfigMap.class).get(0).getData().get("sluice.properties")));
        Map<String, String> settings = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
        return settings;
    }

    /** The words of the command line with which the shell starts a pod's program. */
    List<String> startOf(int ordinal) throws Exception {
        List<String> command = new ArrayList<>(container.getCommand());
        assertThat(command).hasSize(3).startsWith("/bin/sh", "-ec");
        String script = command.get(2);
        assertThat(script).startsWith("exec /opt/sluice/bin/sluice start ");
        command.set(2, script.replaceFirst("exec /opt/sluice/bin/sluice", "printf '%s\\\\n'"));
        ProcessBuilder shell = new ProcessBuilder(command);
        shell.environment().put("POD_NAME", podName(ordinal));
        shell.environment().put("POD_IP", POD_IP);
        Process process = shell.redirectErrorStream(true).start();
        String words = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the shell ended").isTrue();
        assertThat(process.exitValue()).as(words).isZero();
        return words.lines().toList();
    }

    private String podName(int ordinal) {
        return nodes.getMetadata().getName() + "-" + ordinal;
    }

    private void names() {
        Map<String, Integer> seen = new HashMap<>();
        for (HasMetadata object : objects) {
            String name = object.getMetadata().getName();
            assertThat(name).matches(NAME);
            assertThat(object.getMetadata().getNamespace())
                    .as("namespace of %s: whoever applies it chooses", name)
                    .isNull();
            assertThat(seen.merge(object.getKind() + " " + name, 1, Integer::sum))
                    .as("%s %s", object.getKind(), name)
                    .isEqualTo(1);
        }
    }

    private void selectors() {
        Map<String, String> labels = nodes.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(labels).containsAllEntriesOf(nodes.getSpec().getSelector().getMatchLabels());
        all(Service.class).forEach(service -> assertThat(labels)
                .containsAllEntriesOf(service.getSpec().getSelector()));
        all(PodDisruptionBudget.class).forEach(budget -> assertThat(labels)
                .containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels()));
        all(NetworkPolicy.class).forEach(policy -> assertThat(labels)
                .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels()));
    }

    private void ports() {
        List<String> names =
                container.getPorts().stream().map(ContainerPort::getName).toList();
        assertThat(names).contains("kafka", "http", DiscoveredSeeds.PORT_NAME);
        for (Service service : all(Service.class)) {
            assertThat(service.getSpec().getPorts())
                    .extracting(port -> port.getTargetPort().getStrVal())
                    .isSubsetOf(names);
        }
        Service headless = all(Service.class).stream()
                .filter(service ->
                        service.getMetadata().getName().equals(nodes.getSpec().getServiceName()))
                .findFirst()
                .orElseThrow();
        assertThat(headless.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(headless.getSpec().getPublishNotReadyAddresses())
                .as("nodes find each other before they are ready")
                .isTrue();
        assertThat(headless.getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .contains(9092, 8080, 2551);
        all(NetworkPolicy.class).stream()
                .flatMap(policy -> policy.getSpec().getIngress().stream())
                .flatMap(rule -> rule.getPorts().stream())
                .forEach(port -> assertThat(names).contains(port.getPort().getStrVal()));
    }

    private void volumes() {
        List<String> volumes = Stream.concat(
                        podSpec().getVolumes().stream().map(volume -> volume.getName()),
                        nodes.getSpec().getVolumeClaimTemplates().stream()
                                .map(claim -> claim.getMetadata().getName()))
                .toList();
        assertThat(volumes).doesNotHaveDuplicates();
        assertThat(container.getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(podSpec().getVolumes().stream()
                        .filter(volume -> volume.getConfigMap() != null)
                        .map(volume -> volume.getConfigMap().getName()))
                .containsExactly(all(ConfigMap.class).get(0).getMetadata().getName());
    }

    /** They run what the distribution has, on the folder that the program writes to. */
    private void probes() throws Exception {
        List<String> start = startOf(0);
        String data = start.get(start.indexOf("--data") + 1);
        for (Probe probe : List.of(container.getReadinessProbe(), container.getLivenessProbe())) {
            List<String> command = probe.getExec().getCommand();
            assertThat(command).containsSequence("--data", data);
            Path program = Chart.deploy()
                    .resolve("src/dist")
                    .resolve(Path.of("/opt/sluice").relativize(Path.of(command.get(0))));
            assertThat(Files.isExecutable(program)).as("%s", program).isTrue();
        }
        assertThat(container.getLivenessProbe().getExec().getCommand()).contains("--live");
        assertThat(container.getReadinessProbe().getExec().getCommand()).doesNotContain("--live");
    }

    private void security() {
        assertThat(podSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(podSpec().getSecurityContext().getRunAsUser()).isPositive();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    private void serviceAccount() throws IOException {
        boolean asks = settings().containsKey("sluice.cluster.discovery");
        String account = podSpec().getServiceAccountName();
        assertThat(podSpec().getAutomountServiceAccountToken())
                .as("a token is there exactly where it is used")
                .isEqualTo(asks);
        all(ServiceAccount.class)
                .forEach(made -> assertThat(made.getMetadata().getName()).isEqualTo(account));
        assertThat(all(Role.class)).hasSize(asks ? 1 : 0);
        assertThat(all(RoleBinding.class)).hasSize(asks ? 1 : 0);
        for (RoleBinding binding : all(RoleBinding.class)) {
            Role role = all(Role.class).get(0);
            assertThat(binding.getRoleRef().getName())
                    .isEqualTo(role.getMetadata().getName());
            assertThat(binding.getSubjects())
                    .extracting(subject -> subject.getName())
                    .containsExactly(account);
            assertThat(role.getRules()).hasSize(1);
            assertThat(role.getRules().get(0).getResources()).containsExactly("pods");
            assertThat(role.getRules().get(0).getVerbs()).containsExactly("list");
        }
        assertThat(settings()
                        .getOrDefault("sluice.cluster.discovery.selector", "")
                        .split(","))
                .allSatisfy(label -> assertThat(label.isEmpty()
                                || nodes.getSpec().getTemplate().getMetadata().getLabels().entrySet().stream()
                                        .anyMatch(pod -> label.equals(pod.getKey() + "=" + pod.getValue())))
                        .as("the pods have %s", label)
                        .isTrue());
    }

    /** What a pod's program is started with makes sense to it. */
    private void program(int ordinal) throws Exception {
        List<String> start = startOf(ordinal);
        Map<String, String> settings = new HashMap<>(settings());
        for (int i = start.indexOf("-D"); i >= 0 && i < start.size(); i += 2) {
            assertThat(start.get(i)).isEqualTo("-D");
            String[] setting = start.get(i + 1).split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        settings.put("node.id", start.get(start.indexOf("--node") + 1));
        settings.put("sluice.cluster.listen", start.get(start.indexOf("--akka") + 1));
        settings.put("listeners", "PLAINTEXT://" + start.get(start.indexOf("--kafka") + 1));
        settings.put("sluice.http.listen", start.get(start.indexOf("--http") + 1));

        BrokerSettings understood = BrokerSettings.parse(settings);

        assertThat(understood.nodeId()).isEqualTo(ordinal);
        assertThat(understood.withoutEffect()).isEmpty();
        assertThat(understood.cluster().hasSeeds()).isTrue();
        assertThat(container.getPorts())
                .extracting(ContainerPort::getContainerPort)
                .contains(
                        understood.cluster().listen().port(),
                        understood.listeners().get(0).port(),
                        understood.http().orElseThrow().port());
    }

    private PodSpec podSpec() {
        return nodes.getSpec().getTemplate().getSpec();
    }

    private <T> List<T> all(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
