"""What the sentences ask of the server beside pyzeebe, and a worker for one of them."""

import asyncio
import json
import os
import urllib.request

from pyzeebe import Job, JobController, ZeebeWorker, create_insecure_channel

GRPC = os.environ["TUTTI_GRPC"]
REST = os.environ["TUTTI_REST"]
MODEL = os.environ["TUTTI_MODEL"]
DECISIONS = os.environ["TUTTI_DECISIONS"]
LIMIT_S = 30


def rest(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        REST + path, data=data, method=method, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        text = response.read()
    return json.loads(text) if text else None


def state(key):
    return rest("GET", f"/v2/process-instances/{key}")["state"]


def variables(key):
    found = rest("POST", "/v2/variables/search", {"filter": {"processInstanceKey": str(key)}})
    return {item["name"]: json.loads(item["value"]) for item in found["items"]}


async def until(what, test):
    for _ in range(LIMIT_S * 10):
        found = await asyncio.to_thread(test)
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"in vain waited for {what}")


def equal(found, expected):
    assert found == expected, f"expected {expected!r}, but was {found!r}"


async def refused(error, action):
    try:
        await action
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


class Worker:
    """A worker for one job type, as long as the block lasts."""

    def __init__(self, job_type, handler, task=None, **options):
        self.channel = create_insecure_channel(grpc_address=GRPC)
        self.worker = ZeebeWorker(self.channel, poll_retry_delay=1, **options)
        how = {"exception_handler": on_exception, **(task or {})}
        self.worker.task(task_type=job_type, **how)(handler)

    async def __aenter__(self):
        self.running = asyncio.create_task(self.worker.work())

    async def __aexit__(self, *_):
        await self.worker.stop()
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await self.channel.close()


class Broken(Exception):
    pass


async def on_exception(error: Exception, job: Job, controller: JobController):
    if isinstance(error, Broken):
        await controller.set_error_status("it fell down", error_code="BROKEN", variables={"height": 3})
    else:
        await controller.set_failure_status(str(error))
