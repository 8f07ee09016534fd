"""Tries pyzeebe on a Tutti server. Prints a sentence a line; ends with 1 if one is not true."""

import asyncio
import sys
import traceback

from pyzeebe import Job, ZeebeClient, create_insecure_channel
from pyzeebe.errors import (
    BusinessError,
    DecisionNotFoundError,
    MessageAlreadyExistsError,
    ProcessDefinitionNotFoundError,
    ProcessInstanceNotFoundError,
    ProcessInvalidError,
    ProcessTimeoutError,
)
from server import DECISIONS, GRPC, LIMIT_S, MODEL, Broken, Worker, equal, refused, rest, state, until, variables

async def deploys(client):
    deployed = await client.deploy_resource(MODEL)
    ids = sorted(item.bpmn_process_id for item in deployed.deployments)
    equal(ids, ["client-job", "client-message", "client-signal", "client-sum"])
    topology = await client.topology()
    equal((len(topology.brokers), topology.partitions_count), (1, 1))


async def gets_a_result(client):
    done = await client.run_process_with_result("client-sum", {"a": 40, "b": 2}, timeout=10000)
    equal(done.variables, {"a": 40, "b": 2, "sum": 42})
    only = await client.run_process_with_result(
        "client-sum", {"a": 1, "b": 2}, timeout=10000, variables_to_fetch=["sum"]
    )
    equal(only.variables, {"sum": 3})


async def completes_jobs(client):
    def pack(job: Job, weight: int):
        return {"packed": weight * 2, "box": job.custom_headers["box"]}

    async with Worker("py-pack", pack):
        done = await client.run_process_with_result(
            "client-job", {"jobType": "py-pack", "weight": 4}, timeout=20000
        )
    equal((done.variables["packed"], done.variables["box"]), (8, "small"))


async def gets_streamed_jobs(client):
    def pack(weight: int):
        return {"packed": weight}

    async with Worker("py-stream", pack, stream_enabled=True):
        started = [
            await client.run_process("client-job", {"jobType": "py-stream", "weight": weight})
            for weight in range(20)
        ]
        for weight, instance in enumerate(started):
            key = instance.process_instance_key
            await until("the streamed job", lambda key=key: state(key) == "COMPLETED")
            equal(variables(key)["packed"], weight)


async def throws_errors(client):
    def pack():
        raise Broken()

    async with Worker("py-error", pack):
        done = await client.run_process_with_result("client-job", {"jobType": "py-error"}, timeout=20000)
    equal(done.variables["outcome"], "mended")


async def fails_jobs(client):
    def pack():
        raise ValueError("no paper left")

    async with Worker("py-fail", pack):
        started = await client.run_process("client-job", {"jobType": "py-fail"})
        key = started.process_instance_key
        search = {"filter": {"processInstanceKey": str(key), "state": "ACTIVE"}}
        found = await until("the incident", lambda: rest("POST", "/v2/incidents/search", search)["items"])
    equal((found[0]["errorType"], "no paper left" in found[0]["errorMessage"]), ("JOB_NO_RETRIES", True))
    # pyzeebe has no calls for retries and incidents.
    rest("PATCH", f"/v2/jobs/{found[0]['jobKey']}", {"changeset": {"retries": 1}})
    rest("POST", f"/v2/incidents/{found[0]['incidentKey']}/resolution", {})

    def again():
        return {"packed": True}

    async with Worker("py-fail", again):
        await until("the second try", lambda: state(key) == "COMPLETED")


async def publishes_messages(client):
    started = await client.run_process("client-message", {"orderId": "py-1"})
    published = await client.publish_message("ClientMessage", "py-1", {"paid": 12})
    assert published.key > 0
    key = started.process_instance_key
    await until("the message", lambda: state(key) == "COMPLETED")
    equal(variables(key), {"orderId": "py-1", "paid": 12})


async def broadcasts_signals(client):
    started = await client.run_process("client-signal", {})
    await client.broadcast_signal("ClientSignal", {"loud": True})
    key = started.process_instance_key
    await until("the signal", lambda: state(key) == "COMPLETED")
    equal(variables(key), {"loud": True})


async def cancels(client):
    started = await client.run_process("client-signal", {})
    await client.cancel_process_instance(started.process_instance_key)
    equal(state(started.process_instance_key), "TERMINATED")
    await refused(ProcessInstanceNotFoundError, client.cancel_process_instance(started.process_instance_key))


async def knows_rejections(client):
    await refused(ProcessDefinitionNotFoundError, client.run_process("nothing"))
    health = await client.healthcheck()
    equal(int(health.status), 1)


async def evaluates_decisions(client):
    deployed = await client.deploy_resource(DECISIONS)
    decisions = {getattr(item, "dmn_decision_id", None): item for item in deployed.deployments}
    by_id = await client.evaluate_decision(None, "client-colour", {"metres": 3})
    equal(by_id.decision_output, {"name": "red", "metres": 3})
    last = by_id.evaluated_decisions[-1]
    equal(last.matched_rules[0].evaluated_outputs[0].output_value, {"name": "red", "metres": 3})
    equal(last.evaluated_inputs[0].input_value, "big")
    by_key = await client.evaluate_decision(decisions["client-colour"].decision_key, None, {"metres": 1})
    equal(by_key.decision_output, "blue")
    await refused(DecisionNotFoundError, client.evaluate_decision(1, "nowhere"))
    await refused(DecisionNotFoundError, client.evaluate_decision(123, None))


async def starts_versions(client):
    first = await client.run_process("client-signal", version=1)
    equal((first.version, first.bpmn_process_id), (1, "client-signal"))
    await refused(ProcessDefinitionNotFoundError, client.run_process("client-signal", version=99))
    await refused(ProcessDefinitionNotFoundError, client.run_process_with_result("nothing"))


async def gives_up(client):
    waiting = client.run_process_with_result("client-job", {"jobType": "py-slow"}, timeout=300)
    await refused(ProcessTimeoutError, waiting)


async def refuses_resources(client):
    broken = MODEL + ".broken.bpmn"
    with open(broken, "w", encoding="utf-8") as file:
        file.write("<definitions/>")
    await refused(ProcessInvalidError, client.deploy_resource(broken))


async def publishes_early(client):
    first = await client.publish_message(
        "ClientMessage", "py-2", {"paid": 1}, time_to_live_in_milliseconds=60000, message_id="py"
    )
    equal(first.tenant_id, "<default>")
    again = client.publish_message("ClientMessage", "py-2", time_to_live_in_milliseconds=60000, message_id="py")
    await refused(MessageAlreadyExistsError, again)
    done = await client.run_process_with_result("client-message", {"orderId": "py-2"}, timeout=20000)
    equal(done.variables["paid"], 1)


async def knows_jobs(client):
    seen = []

    def look(job: Job):
        seen.append(job)
        return 7

    async with Worker("py-know", look, task={"single_value": True, "variable_name": "seven", "timeout_ms": 20000}):
        done = await client.run_process_with_result("client-job", {"jobType": "py-know"}, timeout=20000)
    equal(done.variables["seven"], 7)
    job = seen[0]
    equal((job.type, job.retries, job.element_id), ("py-know", 1, "client-job-it"))
    equal((job.process_instance_key, job.bpmn_process_id), (done.process_instance_key, "client-job"))
    equal((job.custom_headers, job.tenant_id), ({"box": "small"}, "<default>"))
    equal(job.variables, {"jobType": "py-know"})


async def throws_business_errors(client):
    def pack():
        raise BusinessError("BROKEN")

    async with Worker("py-business", pack, task={"exception_handler": None}):
        done = await client.run_process_with_result("client-job", {"jobType": "py-business"}, timeout=20000)
    equal(done.variables["outcome"], "mended")


async def fetches_variables(client):
    def pack(wanted: int):
        return {"got": wanted}

    # It asks for the variables that its function takes.
    async with Worker("py-fetch", pack):
        started = {"jobType": "py-fetch", "wanted": 3, "large": "x" * 500_000}
        done = await client.run_process_with_result("client-job", started, timeout=20000)
    equal((done.variables["got"], len(done.variables["large"])), (3, 500_000))


async def works_on_many(client):
    running, most = 0, 0

    async def pack(number: int):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return {"number": number}

    async with Worker("py-many", pack, task={"max_jobs_to_activate": 10, "max_running_jobs": 5}):
        done = await asyncio.gather(
            *(
                client.run_process_with_result("client-job", {"jobType": "py-many", "number": n}, timeout=20000)
                for n in range(40)
            )
        )
    equal([item.variables["number"] for item in done], list(range(40)))
    assert most <= 5, f"{most} at a time"


SENTENCES = [
    ("deploys models, and sees the topology", deploys),
    ("starts an instance and gets its result", gets_a_result),
    ("completes jobs with a worker", completes_jobs),
    ("gets jobs over a stream", gets_streamed_jobs),
    ("throws a BPMN error from a job", throws_errors),
    ("fails a job, which raises an incident; resolved, it goes on", fails_jobs),
    ("correlates a message", publishes_messages),
    ("broadcasts a signal", broadcasts_signals),
    ("cancels an instance, once", cancels),
    ("evaluates decisions, and knows those that are not there", evaluates_decisions),
    ("starts a version", starts_versions),
    ("gives up waiting for a result", gives_up),
    ("is refused what is no process", refuses_resources),
    ("publishes a message before somebody waits, once for an id", publishes_early),
    ("gets all there is to know of a job, and answers one value", knows_jobs),
    ("throws a business error", throws_business_errors),
    ("gets the variables that its function takes", fetches_variables),
    ("works on many jobs, some at a time", works_on_many),
    ("knows rejections by their kind, and the health of the server", knows_rejections),
]


async def main():
    channel = create_insecure_channel(grpc_address=GRPC)
    client = ZeebeClient(channel)
    failed = 0
    for sentence, test in SENTENCES:
        try:
            await asyncio.wait_for(test(client), 2 * LIMIT_S)
            print(f"  ok      {sentence}")
        except Exception as error:
            failed += 1
            print(f"  FAILED  {sentence}: {type(error).__name__}: {error}")
            traceback.print_exc()
    await channel.close()
    return 1 if failed else 0


sys.exit(asyncio.run(main()))
