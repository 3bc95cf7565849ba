"""The whole kit against a served sandbox."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from .account import Account

# A run with every kind of thing that is made, short enough to be struck many times.
SHORT = (
    "--only",
    "vpc-flow",
    "--only",
    "clb",
    "--only",
    "object-lock-alb",
    "--only",
    "flow-log-policy",
    "--only",
    "delivery-denied",
    "--only",
    "source-tls",
    "--only",
    "source-key",
    "--only",
    "inventory",
)
KEEP = ("--yes", "--keep", "--only", "s3-access", "--only", "inventory", "--only", "source-key")
# Seconds for each of the two series of strikes.
BUDGET = float(os.environ.get("LIVE_BUDGET", "30"))


def run_id(text: str) -> str:
    found = re.search(r"\b\d{10}[a-z]{2}\b", text)
    assert found is not None, text
    return found.group()


def kept(run: str) -> list[str]:
    return [f"bucket logbucket-live-{run}-{name}" for name in ("src", "to-inventory", "to-s3-access")]


class Live(unittest.TestCase):
    account: Account
    # The log services write every second.
    options: tuple[str, ...] = ("--deliver", "1")

    @classmethod
    def setUpClass(cls) -> None:
        cls.account = Account(*cls.options)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.account.close()

    def setUp(self) -> None:
        shutil.rmtree(self.account.state, ignore_errors=True)

    def assert_clean(self, about: str) -> None:
        self.assertEqual(self.account.left(), [], about)


class Runs(Live):
    def test_a_run_tries_everything_and_leaves_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder, "calls")
            done = self.account.run("--yes", "--report", folder, record=record)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assert_clean(done.stderr)
            report = json.loads(Path(folder, "report.json").read_text())
            text = Path(folder, "report.md").read_text()
            made = record.read_text().split()
        listed = self.account.run("--dry-run")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.the_dry_run_lists_the_calls(listed.stdout, made)
        states = {section["name"]: section["state"] for section in report["sections"]}
        self.assertEqual(set(states.values()), {"done"}, states)
        for producer in ("alb", "nlb", "clb", "s3-access", "inventory", "vpc-flow"):
            self.assertIn(producer, states)
            ran = next(section for section in report["sections"] if section["name"] == producer)["logbucket"]
            self.assertEqual([one["words"][0] for one in ran if one["words"][0] != "check"], ["init", "undo"])
            self.assertTrue(all(one["exit_code"] == 0 for one in ran), ran)
        for fact in report["facts"]:
            self.assertEqual(fact["state"], "answered", fact)
            self.assertTrue(fact["meaning"], fact)
            self.assertTrue(fact["source"].startswith("/// Simulated, not seen in AWS"), fact)
            self.assertTrue(all(len(line) <= 120 for line in fact["source"].splitlines()), fact)
        missing = next(fact for fact in report["facts"] if "does not exist" in fact["question"])
        self.assertEqual((missing["answer"]["status"], missing["answer"]["code"]), (400, "InvalidConfigurationRequest"))
        self.assertIn("> **Not AWS.**", text)
        self.assertIn("```rust\n/// ", text)
        self.assertFalse(report["aws"])

    def the_dry_run_lists_the_calls(self, listed: str, made: list[str]) -> None:
        """The calls between the cleanup at the start and the one at the end are the listed ones, in order."""
        steps = re.findall(r"^  (?:at the end: )?([a-z0-9]+:[A-Z]\w+) \[", listed, re.MULTILINE)
        cleanup = set(re.findall(r"[a-z0-9]+:[A-Z]\w+", listed[: listed.index("\naccount: ")]))
        first = made.index("ec2:DescribeVpcs") - 1
        # The second identity is the plan's. Repeated calls of one step count once.
        between, rest = made[first : first + len(steps)], made[first + len(steps) :]
        self.assertEqual(between, steps)
        self.assertLessEqual(set(made[1:first]) | set(rest), cleanup)
        self.assertEqual(set(made), set(steps) | (cleanup & set(made)))

    def test_a_dry_run_makes_no_calls(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder, "calls")
            self.assertEqual(self.account.run("--dry-run", record=record).returncode, 0)
            self.assertFalse(record.exists())
            self.assertFalse(self.account.state.exists())

    def test_a_run_without_an_approval_makes_nothing(self) -> None:
        done = self.account.run()
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertIn("It deletes all of this at the end", done.stdout)
        self.assert_clean(done.stderr)

    def test_a_region_without_a_default_vpc_says_so_and_makes_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder, "calls")
            done = self.account.run("--yes", "--region", "eu-west-1", record=record)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("there is no default VPC in this Region; choose a VPC with --vpc", done.stderr)
            self.assertFalse([call for call in record.read_text().split() if ":Create" in call])

    def test_permissions_are_one_policy(self) -> None:
        done = self.account.run("--permissions")
        self.assertEqual(done.returncode, 0, done.stderr)
        policy = json.loads(done.stdout)
        sids = [statement["Sid"] for statement in policy["Statement"]]
        self.assertEqual(len(sids), len(set(sids)))
        self.assertIn("elasticloadbalancing:CreateLoadBalancer", done.stdout)

    def test_wrong_words_are_usage_errors(self) -> None:
        for words in (
            ("--only", "nothing"),
            ("--cleanup", "x"),
            ("--later", "2611280322qz"),
            ("--other-region", "us-east-1"),
        ):
            done = self.account.run(*words)
            self.assertEqual(done.returncode, 2, done.stderr)
        self.assert_clean("nothing was made")

    def test_logs_that_take_days_are_found_later(self) -> None:
        done = self.account.run(*KEEP)
        self.assertEqual(done.returncode, 0, done.stderr)
        run = run_id(done.stdout)
        self.assertEqual(self.account.left(), kept(run))
        # Another run leaves them alone.
        self.assertEqual(self.account.run("--yes", "--only", "source-key").returncode, 0)
        self.assertEqual(self.account.left(), kept(run))
        later = self.account.run("--later", run)
        self.assertEqual(later.returncode, 0, later.stdout + later.stderr)
        self.assert_clean(later.stderr)
        self.assertTrue(Path(self.account.state, run, "later.md").exists())
        self.assertEqual(self.account.run("--later", run).returncode, 2, "nothing waits any more")

    def test_a_cleanup_needs_no_journal(self) -> None:
        struck = self.account.run("--yes", *SHORT, strike="60:killed")
        self.assertEqual(struck.returncode, 137)
        self.assertNotEqual(self.account.left(), [])
        shutil.rmtree(self.account.state)
        done = self.account.run("--cleanup", run_id(struck.stdout))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_clean(done.stderr)

    def test_the_next_run_cleans_up_first(self) -> None:
        self.assertEqual(self.account.run("--yes", *SHORT, strike="50:killed").returncode, 137)
        self.assertNotEqual(self.account.left(), [])
        done = self.account.run("--yes", "--only", "source-key")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("did not end; deleting what it left", done.stderr)
        self.assert_clean(done.stderr)

    def test_a_killed_run_is_in_progress_until_its_logbucket_has_ended(self) -> None:
        child = self.account.start("--yes", "--only", "alb")
        bucket = "-to-alb"
        while not any(bucket in journal.read_text() for journal in self.account.state.glob("*/journal.jsonl")):
            time.sleep(0.01)
        child.kill()
        child.communicate(timeout=60)
        for _ in range(100):
            done = self.account.run("--cleanup")
            if done.returncode == 0:
                break
            self.assertIn("is still in progress", done.stderr)
            time.sleep(0.2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_clean(done.stderr)
        time.sleep(2)
        self.assert_clean("nothing was created afterwards")

    def test_a_signal_ends_the_run_and_everything_is_deleted(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            child = self.account.start("--yes")
            assert child.stderr is not None
            # One of the load balancers exists.
            while "-alb" not in child.stderr.readline():
                pass
            child.send_signal(number)
            out, errors = child.communicate(timeout=120)
            self.assertEqual(child.returncode, 130, out + errors)
            self.assert_clean(errors)


class Silent(Live):
    """The log services write nothing."""

    options = ()

    def test_a_missing_log_fails_its_section_and_nothing_else(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = self.account.run("--yes", "--only", "vpc-flow", "--only", "clb", "--report", folder)
            self.assertEqual(done.returncode, 1, done.stderr)
            report = json.loads(Path(folder, "report.json").read_text())
        failed = {section["name"]: section["reason"] for section in report["sections"] if section["state"] != "done"}
        self.assertEqual(list(failed), ["vpc-flow"])
        self.assertRegex(failed["vpc-flow"], "`logbucket check` ended with 4: eni-\\w+ is pending")
        self.assert_clean(done.stderr)

    def test_logs_that_have_not_come_are_waited_for(self) -> None:
        done = self.account.run(*KEEP)
        self.assertEqual(done.returncode, 0, done.stderr)
        run = run_id(done.stdout)
        later = self.account.run("--later", run)
        self.assertEqual(later.returncode, 4, later.stderr)
        self.assertIn("not all logs have arrived", later.stderr)
        self.assertEqual(self.account.left(), kept(run))
        # The tags protect them even where nobody has the journal.
        shutil.rmtree(self.account.state)
        self.assertEqual(self.account.run("--yes", "--only", "source-key").returncode, 0)
        self.assertEqual(self.account.left(), kept(run))
        done = self.account.run("--cleanup", run)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_clean(done.stderr)


class Strikes(Live):
    """A sample of all calls, as many as the time allows. Every strike is different in each run of the tests."""

    def calls(self) -> int:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder, "calls")
            done = self.account.run("--yes", *SHORT, record=record)
            self.assertEqual(done.returncode, 0, done.stderr)
            return len(record.read_text().split())

    def series(self, *effects: str) -> int:
        seed = random.randrange(2**32)
        choose, total, begun, done = random.Random(seed), self.calls(), time.monotonic(), 0
        while done < 2 or time.monotonic() - begun < BUDGET:
            strike = f"{choose.randint(2, total)}:{choose.choice(effects)}"
            with self.subTest(strike=strike, seed=seed):
                struck = self.account.run("--yes", *SHORT, strike=strike)
                if "killed" not in strike and "died" not in strike and "LEFT" not in struck.stderr:
                    self.assert_clean(f"{strike}\n{struck.stderr}")
                cleaned = self.account.run("--cleanup")
                self.assertEqual(cleaned.returncode, 0, f"{strike}\n{struck.stderr}\n{cleaned.stderr}")
                self.assert_clean(f"{strike}\n{struck.stderr}\n{cleaned.stderr}")
            done += 1
        return done

    def test_a_failure_of_any_call_leaves_nothing(self) -> None:
        print(f"{self.series('refused', 'lost', 'signaled')} failures", flush=True)

    def test_a_kill_at_any_call_leaves_nothing_after_a_cleanup(self) -> None:
        print(f"{self.series('killed', 'died')} kills", flush=True)


if __name__ == "__main__":
    unittest.main()
