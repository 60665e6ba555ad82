"""The programs and schemas of others that tests check with, by the Go module proxy, kept in build/tools."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build/tools"
GO_VERSION = "1.25.0"
PROGRAMS = {
    "grpcurl": "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3",
    "kustomize": "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1",
    "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0",
    "kube-score": "github.com/zegl/kube-score/cmd/kube-score@v1.20.0",
}
KUBERNETES_VERSION = "1.35.4"
KUBERNETES = f"k8s.io/kubernetes@v{KUBERNETES_VERSION}"
# Custom resources: the module, and where in it their definitions are.
CUSTOM = {
    "sigs.k8s.io/gateway-api@v1.4.1": ("config/crd/standard/*.yaml",),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0":
        ("example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
         "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"),
}


def _go(*arguments, **environment):
    go = subprocess.check_output([ROOT / "scripts/new-enough-go", GO_VERSION], text=True).strip()
    # The cache of modules is shared with others' builds, but not that of compiled packages: nothing else needs these.
    variables = {**os.environ, "GOMAXPROCS": "2", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", **environment}
    return subprocess.run([go, *arguments], env=variables, cwd="/", check=True, capture_output=True, text=True).stdout


def program(name):
    """The path of the program, which is built where it is not there in this version."""
    module = PROGRAMS[name]
    path = FOLDER / f"{name}-{module.rpartition('@')[2]}"
    if not path.exists():
        _go("install", "-trimpath", "-ldflags=-s -w", module, GOBIN=str(FOLDER / "new"), CGO_ENABLED="0")
        (FOLDER / "new" / name).replace(path)
    return path


def module_folder(module):
    """Where the module's files are, read-only."""
    return pathlib.Path(json.loads(_go("mod", "download", "-json", module))["Dir"])


def custom_resource_definitions():
    """The files that define the custom resources."""
    return [path for module, patterns in CUSTOM.items() for pattern in patterns
            for path in sorted(module_folder(module).glob(pattern)) if path.name != "kustomization.yaml"]
