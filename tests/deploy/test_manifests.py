"""deploy/k8s without a cluster: every overlay and component is built, checked against the schemas and judged."""

import os
import pathlib
import re
import subprocess
import unittest

import schemas
import tools
import yaml

ROOT = tools.ROOT
K8S = ROOT / "deploy/k8s"
BUILD = ROOT / "build/manifests"
BASE = "base"
OVERLAYS = ("dev", "prod", "single")
COMPONENTS = sorted(path.name for path in (K8S / "components").iterdir())
# Of these kinds no schema is to be had.
WITHOUT_SCHEMA = {"ExternalSecret"}

# What kube-score would have otherwise, and why it is so.
ACCEPTED = {
    "container-resources": "no limit of CPU: it would only make calls wait",
    "container-image-pull-policy": "IfNotPresent: a tag or digest is not pushed twice, and kind has no registry",
}


def kustomize(folder):
    return subprocess.check_output([tools.program("kustomize"), "build", folder], text=True)


def component_folder(name, resources=K8S / BASE):
    """A kustomization of these resources and this component."""
    folder = BUILD / f"component-{name}-{resources.name}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(
        f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: openvidu-token\n"
        f"resources: [{os.path.relpath(resources, folder)}]\n"
        f"components: [{os.path.relpath(K8S / 'components' / name, folder)}]\n")
    return folder


def seconds(text):
    match = re.fullmatch(r"(\d+)(s|m)", text)
    return int(match.group(1)) * {"s": 1, "m": 60}[match.group(2)]


class ComposeTest(unittest.TestCase):
    def test_docker_compose_can_give_its_secrets(self):
        """Compose copies all but files into the container, which it refuses where that is read-only."""
        compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
        for name, service in compose["services"].items():
            self.assertTrue(service["read_only"], name)
            for one in service.get("secrets", []) + service.get("configs", []):
                self.assertIn("file", {**compose.get("secrets", {}), **compose.get("configs", {})}[one], name)
        for name in ("server", "openvidu"):
            self.assertTrue(compose["services"][name]["environment"]["OPENVIDU_SECRET"].startswith("${OPENVIDU_SECRET:?"))


class ManifestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = {name: kustomize(K8S / "overlays" / name) for name in OVERLAYS}
        cls.texts |= {f"base with {name}": kustomize(component_folder(name)) for name in COMPONENTS}
        cls.texts["single with metrics"] = kustomize(component_folder("metrics", K8S / "overlays/single"))
        cls.objects = {name: [one for one in yaml.safe_load_all(text) if one] for name, text in cls.texts.items()}
        cls.version = re.search(r"^project\(.* VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.M).group(1)

    def deployments(self):
        """Where each one is, the Deployment, its pod and its container."""
        for name, objects in self.objects.items():
            for one in objects:
                if one["kind"] == "Deployment":
                    pod = one["spec"]["template"]["spec"]
                    container, = pod["containers"]
                    yield f"{one['metadata']['name']} in {name}", one, pod, container

    def test_they_keep_to_the_schemas(self):
        folder = BUILD / f"schemas-{tools.KUBERNETES_VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        schemas.write_core(tools.module_folder(tools.KUBERNETES) / "api/openapi-spec/swagger.json", folder)
        schemas.write_custom(tools.custom_resource_definitions(), folder)
        command = [tools.program("kubeconform"), "-strict", "-summary", "-skip", ",".join(WITHOUT_SCHEMA),
                   "-schema-location", f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]
        mistaken = self.texts["dev"].replace("runAsNonRoot", "runAsNonRot", 1)
        self.assertNotEqual(subprocess.run(command, input=mistaken, text=True, capture_output=True, check=False)
                            .returncode, 0, "a misspelt field passes")
        for name, text in self.texts.items():
            with self.subTest(of=name):
                ran = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
                self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_they_are_good_practice(self):
        command = [tools.program("kube-score"), "score", "--output-format", "ci", "--kubernetes-version", "v1.35",
                   "--enable-optional-test", "container-ephemeral-storage-request-and-limit",
                   *(word for name in ACCEPTED for word in ("--ignore-test", name)), "-"]
        for name, text in self.texts.items():
            with self.subTest(of=name):
                ran = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
                complaints = [line for line in ran.stdout.splitlines() if line.startswith(("[CRITICAL]", "[WARNING]"))]
                self.assertEqual(complaints, [], ran.stderr)

    def test_their_flags_exist(self):
        for where, _, _, container in self.deployments():
            program, = container["command"]
            help_text = subprocess.check_output([pathlib.Path(os.environ["TOKEN_BIN_DIR"]) / program, "--help"], text=True)
            for argument in container.get("args", []):
                self.assertIn(f"{argument.partition('=')[0]} (default", help_text, where)

    def test_a_pod_has_the_time_that_its_drain_takes(self):
        for where, _, pod, container in self.deployments():
            flags = dict(argument.split("=", 1) for argument in container.get("args", []))
            if "--drain_delay" not in flags:
                continue
            pre_stop = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            needed = pre_stop + seconds(flags["--drain_delay"]) + seconds(flags["--shutdown_grace"]) + 2
            self.assertGreaterEqual(pod["terminationGracePeriodSeconds"], needed, where)
            # A readiness probe that fails has to be noticed within the delay.
            probe = container["readinessProbe"]
            self.assertGreaterEqual(seconds(flags["--drain_delay"]),
                                    2 * probe["failureThreshold"] * probe["periodSeconds"] + probe["timeoutSeconds"], where)

    def test_they_ask_for_what_the_release_is_called(self):
        for where, _, _, container in self.deployments():
            self.assertRegex(container["image"], rf"/openvidu-token-service(-tools)?:{re.escape(self.version)}$", where)

    def test_no_pod_can_write_or_speaks_to_the_api(self):
        for where, _, pod, container in self.deployments():
            self.assertIs(pod["automountServiceAccountToken"], False, where)
            self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"], where)
            self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]}, where)
            for kind in ("requests", "limits"):
                self.assertLessEqual({"memory", "ephemeral-storage"}, set(container["resources"][kind]), where)
            self.assertFalse([one for one in container.get("env", []) if "SECRET" in one["name"] and
                              not one["name"].endswith("_FILE")], "a secret in the environment needs a restart")

    def test_selectors_find_pods(self):
        templates = {name: [one["spec"]["template"]["metadata"]["labels"] for one in objects if one["kind"] == "Deployment"]
                     for name, objects in self.objects.items()}
        for name, objects in self.objects.items():
            for one in objects:
                spec = one.get("spec", {})
                selector = {"Service": spec.get("selector"),
                            "PodDisruptionBudget": spec.get("selector", {}).get("matchLabels"),
                            "NetworkPolicy": spec.get("podSelector", {}).get("matchLabels")}.get(one["kind"])
                if not selector:
                    continue
                with self.subTest(of=name, kind=one["kind"], name=one["metadata"]["name"]):
                    self.assertTrue([labels for labels in templates[name] if selector.items() <= labels.items()])

    def test_metrics_are_for_the_monitoring_alone(self):
        for name in ("dev", "base with metrics", "base with service-monitor", "single with metrics"):
            with self.subTest(of=name):
                measured = {one["metadata"]["name"]: one["spec"]["template"] for one in self.objects[name]
                            if one["kind"] == "Deployment" and one["metadata"]["name"] != "openvidu-emulator"}
                for template in measured.values():
                    container, = template["spec"]["containers"]
                    self.assertIn("--metrics_address=0.0.0.0:9464", container["args"])
                    self.assertIn({"name": "metrics", "containerPort": 9464}, container["ports"])
                service, = [one["spec"] for one in self.objects[name] if one["metadata"]["name"] == "token-metrics"]
                self.assertEqual([port["targetPort"] for port in service["ports"]], ["metrics"])
                # Who may come in by that port, of all policies for these pods.
                labels = [template["metadata"]["labels"] for template in measured.values()]
                admitting = [rule for one in self.objects[name] if one["kind"] == "NetworkPolicy"
                             if any(one["spec"]["podSelector"].get("matchLabels", {}).items() <= each.items() for each in labels)
                             for rule in one["spec"].get("ingress", [])
                             if any(port["port"] in ("metrics", 9464) for port in rule.get("ports", [{"port": 9464}]))]
                self.assertEqual(admitting, [{
                    "from": [{"namespaceSelector": {"matchLabels": {"openvidu-token-service/metrics": "true"}}}],
                    "ports": [{"port": "metrics"}]}])

    def test_the_labels_are_the_recommended_ones(self):
        for where, one, _, _ in self.deployments():
            self.assertLessEqual({"app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of"},
                                 set(one["spec"]["template"]["metadata"]["labels"]), where)


if __name__ == "__main__":
    unittest.main()
