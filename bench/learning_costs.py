"""What a training costs, and what comes with it, for docs/scaling.md. Run: python -m bench learning_costs

As bench/footprint.py, of which it is the other half: a running instance with ViT-B/32 and random weights, on Postgres
where it is installed; times are of the processor. Training does not step back here (WIZARD_TRAIN_NICE), since it would
wait for everything else on the machine.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import machine
from bench.meter import Meter
from bench.sharing import TELL_APART
from bench.table import Row
from bench.versions import MAKE_TUNED
from bench.weights import random_weights
from wizard.instance import OPEN, Api, running_instance

ROUNDS = 3
FEW, MANY = 50, 200  # answers

# Beat asks for it once a minute, of those who answered since.
LOOK_AT_ANSWERS = """
import time
from classifier.models import Taste
from training.services import answers_until_auto
taste = Taste.objects.select_related("owner").get(owner__username="demo")
for _ in range(5):
    began = time.process_time()
    answers_until_auto(taste)
    print(1000 * (time.process_time() - began))
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        given = {"WIZARD_BACKBONE": str(random_weights(Path(name))), "WIZARD_TRAIN_NICE": "0"}
        with running_instance(Path(name) / "data", **given) as instance:
            meter, api = Meter(instance), instance.api()
            api.change_taste(auto_train=False)
            api.wait_until_scored(300)
            yield from tuned_versions(meter, api)
            yield from trainings(meter, api)


def tuned_versions(meter: Meter, api: Api) -> Iterator[Row]:
    """Each is new to the photos, and has to read their stem activations."""
    meter.instance.manage("shell", "-v0", "-c", MAKE_TUNED % ROUNDS)
    base, *tuned = sorted(api.call("GET", "models/versions").json()["results"], key=lambda each: each["version_number"])
    yield Row("file of a version whose tail was tuned", "bytes", (tuned[0]["size"],))
    whole, taken = len(api.every_photo()), []
    for version in tuned[:ROUNDS]:
        switch = partial(api.call, "POST", f"models/versions/{version['id']}/activate")
        taken.append(1000 * meter.during(switch, until_idle=True)["score"] / whole)
    yield Row("processor of score, a photo scored anew by a tuned version", "core-ms", tuple(taken))
    api.call("POST", f"models/versions/{base['id']}/activate").raise_for_status()


def trainings(meter: Meter, api: Api) -> Iterator[Row]:
    """With few answers and with more: what an answer costs is the slope between them."""
    instance = meter.instance
    instance.manage("shell", "-v0", "-c", TELL_APART)
    photos = api.wait_until_scored()
    said, peak, connections = 0, 0.0, 0
    for count in (FEW, MANY):
        for photo in photos[said:count]:
            api.answer(photo, "like" if said % 2 else "dislike")
            said += 1
        meter.wait_until_idle()
        before, taken = meter.spent("train"), 0.0
        job = api.start_training()
        while (found := api.job(job))["status"] in OPEN:
            time.sleep(0.5)
            # Looked at while it learns: a child that has just ended may be in nobody's sum yet.
            taken = max(taken, meter.spent("train") - before)
            held = [machine.megabytes("VmHWM", pid) for pid in instance.processes("train")]
            peak, connections = max(peak, *held), max(connections, meter.connections())
        if found["status"] != "completed":
            raise RuntimeError(f"Training {job} is {found['status']}: {found['error']}")
        yield Row(f"processor of train, {count} answers", "core-s", (taken,))
        looks = meter.figures(LOOK_AT_ANSWERS)
        yield Row(f"processor of score, once a minute for each person with {count} answers", "core-ms", looks)
    yield Row("train, at its peak", "MB", (peak,))
    if meter.postmaster:
        yield Row("connections to Postgres while a training runs", "of them", (connections,))
