"""The alerts and the dashboard of deploy/monitoring. That their metrics exist is e2e.metrics' to see."""

import json
import re
import subprocess
import unittest

import tools
import yaml

MONITORING = tools.ROOT / "deploy/monitoring"


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], cwd=MONITORING, capture_output=True, text=True, check=False)


class AlertsTest(unittest.TestCase):
    def setUp(self):
        self.groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]

    def test_they_are_rules(self):
        checked = promtool("check", "rules", "--lint-fatal", "alerts.yaml")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_they_come_when_they_should(self):
        tested = promtool("test", "rules", "alerts_test.yaml")
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)

    def test_each_is_tested_and_says_what_is_wrong(self):
        tests = (MONITORING / "alerts_test.yaml").read_text()
        for rule in (rule for group in self.groups for rule in group["rules"]):
            with self.subTest(alert=rule["alert"]):
                self.assertRegex(tests, rf'alertname(: |="){rule["alert"]}\b')
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(set(rule["annotations"]), {"summary", "description"})

    def test_the_operator_gets_the_same(self):
        component = tools.ROOT / "deploy/k8s/components/service-monitor/prometheus-rule.yaml"
        self.assertEqual(yaml.safe_load(component.read_text())["spec"]["groups"], self.groups)


class DashboardTest(unittest.TestCase):
    def setUp(self):
        self.dashboard = json.loads((MONITORING / "dashboard.json").read_text())
        self.panels = [panel for panel in self.dashboard["panels"] if panel["type"] != "row"]

    def test_its_queries_are_promql(self):
        """As Prometheus reads them, once Grafana has put its variables in."""
        queries = [target["expr"] for panel in self.panels for target in panel["targets"]]
        queries += [one["expr"] for one in self.dashboard["annotations"]["list"]]
        filled = [query.replace("$__rate_interval", "1m").replace("$job", ".*").replace("$instance", ".*") for query in queries]
        rules = {"groups": [{"name": "dashboard", "rules": [
            {"record": f"panel:{index}", "expr": query} for index, query in enumerate(filled)]}]}
        file = tools.FOLDER / "dashboard-rules.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(rules))
        checked = promtool("check", "rules", str(file))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertGreater(len(queries), 20)
        for query in filled:
            self.assertNotIn("$", query)

    def test_its_panels_are_apart_and_can_be_chosen_by_replica(self):
        ids = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        taken = set()
        for panel in self.dashboard["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24)
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells
        for panel in self.panels:
            for target in panel["targets"]:
                selected = re.findall(r"\{([^}]*)\}", target["expr"])
                self.assertTrue(selected)
                for labels in selected:
                    self.assertTrue(labels.startswith('job=~"$job",instance=~"$instance"'), target["expr"])


if __name__ == "__main__":
    unittest.main()
