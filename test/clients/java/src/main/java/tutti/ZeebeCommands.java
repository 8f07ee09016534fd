package tutti;

import static tutti.Clients.*;

import io.camunda.zeebe.client.ZeebeClient;
import io.camunda.zeebe.client.api.response.ActivatedJob;
import io.camunda.zeebe.client.api.worker.JobWorker;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The commands of Zeebe 8.6. */
final class ZeebeCommands extends ZeebeTopic {
  ZeebeCommands(final ZeebeClient client) {
    super(client);
  }

  @Override
  void tell() {
    it("starts versions, and before elements", this::starts);
    it("is refused starts", this::refusesStarts);
    it("gets results from jobs, errors and modifications", this::results);
    it("gives up waiting for a result", this::givesUp);
    it("gets all there is to know of a job", this::knowsJobs);
    it("gets as many jobs as it asks for, large ones too", this::limits);
    it("waits for a job, and gets none within its time", this::waits);
    it("gets a job again when its time is over", this::timesOut);
    it("is refused what it does to a job that is done", this::refusesDone);
    it("fails a job with variables and a delay", this::fails);
    it("changes retries and time", this::updates);
    it("streams jobs, and lets others have them once it ends", this::streams);
    it("has a worker that fails and tries again", this::worker);
    it("publishes messages with ids and lives", this::publishes);
    it("broadcasts a signal to a start event", this::broadcasts);
    it("sets variables in an element and around it, and is refused what is not there", this::setsVariables);
    it("modifies and migrates an instance", this::changes);
    it("evaluates decisions", this::decisions);
    it("deletes resources", this::deletes);
    it("is refused an invalid process", this::refusesProcesses);
  }

  private void starts() {
    final String id = fresh("versions");
    final long first = deploy(Bpmn.createExecutableProcess(id).startEvent("one").endEvent().done());
    final long second = deploy(Bpmn.createExecutableProcess(id).startEvent("two").endEvent("end").done());
    final var latest = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().send().join();
    equal(latest.getProcessDefinitionKey(), second);
    equal(latest.getVersion(), 2);
    equal(client.newCreateInstanceCommand().bpmnProcessId(id).version(1).send().join().getProcessDefinitionKey(), first);
    equal(client.newCreateInstanceCommand().processDefinitionKey(first).send().join().getVersion(), 1);
    final var result = client.newCreateInstanceCommand().processDefinitionKey(second).variables("{\"a\":1}")
        .startBeforeElement("end").withResult().send().join();
    equal(result.getVariablesAsMap(), Map.of("a", 1));
  }

  private void refusesStarts() {
    refused("NOT_FOUND", "Expected to find process definition with process ID 'nowhere', but none found",
        () -> client.newCreateInstanceCommand().bpmnProcessId("nowhere").latestVersion().send().join());
    refused("NOT_FOUND", "Expected to find process definition with key '123', but none found",
        () -> client.newCreateInstanceCommand().processDefinitionKey(123).withResult().send().join());
    final String id = fresh("subscribes");
    deploy(Bpmn.createExecutableProcess(id)
        .eventSubProcess("sub", sub -> sub.startEvent("call")
            .message(message -> message.name("call").zeebeCorrelationKey("=absent")))
        .startEvent().endEvent("end").done());
    refused("INVALID_ARGUMENT", "[NO_VARIABLE_FOUND] No variable found with name 'absent'",
        () -> client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().startBeforeElement("end").send()
            .join());
    refused("INVALID_ARGUMENT",
        "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
        () -> client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().variables("[]").send().join());
  }

  private void results() {
    final String type = fresh("ways");
    deploy(Bpmn.createExecutableProcess(type).startEvent().serviceTask("task", task -> task.zeebeJobType(type))
        .boundaryEvent("caught", event -> event.error("broken")).zeebeOutputExpression("why", "why").endEvent()
        .moveToActivity("task").endEvent("end").done());
    final var command = client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion();
    final var byJob = command.variables(Map.of("x", 1)).withResult().requestTimeout(LIMIT).send();
    client.newCompleteCommand(take(type)).variables(Map.of("y", 2)).send().join();
    equal(byJob.join().getVariablesAsMap(), Map.of("x", 1, "y", 2));
    final var byError = command.withResult().fetchVariables("why").requestTimeout(LIMIT).send();
    client.newThrowErrorCommand(take(type)).errorCode("broken").variables(Map.of("why", "thrown")).send().join();
    equal(byError.join().getVariablesAsMap(), Map.of("why", "thrown"));
    final var byModification = command.withResult().requestTimeout(LIMIT).send();
    final var job = take(type);
    client.newModifyProcessInstanceCommand(job.getProcessInstanceKey()).terminateElement(job.getElementInstanceKey())
        .and().activateElement("end").withVariables(Map.of("now", "modified")).send().join();
    equal(byModification.join().getVariablesAsMap().get("now"), "modified");
    final String large = "x".repeat(1_000_000);
    equal(client.newCreateInstanceCommand().bpmnProcessId(quick()).latestVersion().variables(Map.of("large", large))
        .withResult().requestTimeout(LIMIT).send().join().getVariablesAsMap(), Map.of("large", large));
  }

  private String quick() {
    final String id = fresh("quick");
    deploy(Bpmn.createExecutableProcess(id).startEvent().endEvent().done());
    return id;
  }

  private void givesUp() {
    final String type = deployJob(fresh("slow"));
    refused("DEADLINE_EXCEEDED", "", () -> client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion()
        .withResult().requestTimeout(Duration.ofMillis(300)).send().join());
    client.newCompleteCommand(take(type)).send().join();
  }

  private void knowsJobs() {
    final String type = fresh("known");
    final long definition = deploy(Bpmn.createExecutableProcess(type).startEvent()
        .serviceTask("task", task -> task.zeebeJobType(type).zeebeJobRetries("5").zeebeTaskHeader("x", "1")
            .zeebeInput("Hello\nWorld", "newline").zeebeInput("Hello\tWorld", "tab")).done());
    final long instance = start(type, Map.of("a", 1));
    final long before = System.currentTimeMillis();
    final var job = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).timeout(Duration.ofSeconds(50))
        .workerName("me").send().join().getJobs().get(0);
    equal(job.getRetries(), 5);
    equal(job.getWorker(), "me");
    isTrue("the deadline is near " + (before + 50_000) + ": " + job.getDeadline(),
        Math.abs(job.getDeadline() - before - 50_000) < 10_000);
    equal(job.getProcessDefinitionKey(), definition);
    equal(job.getProcessDefinitionVersion(), 1);
    equal(job.getBpmnProcessId(), type);
    equal(job.getProcessInstanceKey(), instance);
    equal(job.getElementId(), "task");
    equal(job.getCustomHeaders(), Map.of("x", "1"));
    equal(job.getTenantId(), "<default>");
    equal(job.getVariablesAsMap(), Map.of("a", 1, "newline", "Hello\nWorld", "tab", "Hello\tWorld"));
    equal(job.getVariable("tab"), "Hello\tWorld");
  }

  private void limits() {
    final String type = deployJob(fresh("limit"));
    for (int n = 0; n < 3; n++) start(type, Map.of("n", n, "more", true));
    final var two = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(2).fetchVariables("n")
        .requestTimeout(LIMIT).send().join().getJobs();
    equal(two.stream().map(ActivatedJob::getVariablesAsMap).toList(), List.of(Map.of("n", 0), Map.of("n", 1)));
    equal(jobs(type, 10).size(), 1);
    final String heavy = deployJob(fresh("heavy"));
    for (int n = 0; n < 6; n++) start(heavy, Map.of("large", "x".repeat(1_000_000)));
    // A broker may give as many as fit, and the rest to who asks again.
    int got = 0;
    while (got < 6) got += jobs(heavy, 6).size();
    equal(got, 6);
  }

  private void waits() throws Exception {
    final String type = deployJob(fresh("waits"));
    equal(client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).requestTimeout(Duration.ofMillis(300)).send()
        .join().getJobs().size(), 0);
    final var open = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(5).workerName("open")
        .requestTimeout(LIMIT).send();
    start(type, Map.of());
    equal(open.join().getJobs().stream().map(ActivatedJob::getWorker).toList(), List.of("open"));
  }

  private void timesOut() {
    final String type = waitingJob("late");
    final var first = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).workerName("first")
        .timeout(Duration.ofMillis(100)).requestTimeout(LIMIT).send().join().getJobs().get(0);
    final var second = take(type);
    equal(second.getKey(), first.getKey());
    equal(second.getRetries(), first.getRetries());
    client.newCompleteCommand(first).send().join();
  }

  private void refusesDone() {
    final long key = take(waitingJob("twice")).getKey();
    refused("INVALID_ARGUMENT",
        "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
        () -> client.newCompleteCommand(key).variables("[]").send().join());
    client.newCompleteCommand(key).variables("null").send().join();
    final String none = " with key '" + key + "', but no such job was found";
    refused("NOT_FOUND", "Expected to complete job" + none, () -> client.newCompleteCommand(key).send().join());
    refused("NOT_FOUND", "Expected to fail job" + none, () -> client.newFailCommand(key).retries(1).send().join());
    refused("NOT_FOUND", "Expected to throw an error for job" + none,
        () -> client.newThrowErrorCommand(key).errorCode("x").send().join());
    refused("NOT_FOUND", "Expected to update job" + none,
        () -> client.newUpdateRetriesCommand(key).retries(1).send().join());
    refused("NOT_FOUND", "Expected to update job" + none,
        () -> client.newUpdateTimeoutCommand(key).timeout(LIMIT).send().join());
    refused("NOT_FOUND", "Expected to resolve incident with key '" + key + "', but no such incident was found",
        () -> client.newResolveIncidentCommand(key).send().join());
  }

  private void fails() {
    final String type = waitingJob("fails");
    final var first = take(type);
    client.newFailCommand(first).retries(2).send().join();
    final var second = take(type);
    equal(second.getKey(), first.getKey());
    equal(second.getRetries(), 2);
    client.newFailCommand(second).retries(1).errorMessage("again").variables(Map.of("tries", 2))
        .retryBackoff(Duration.ofMillis(200)).send().join();
    equal(take(type).getVariablesAsMap(), Map.of("tries", 2));
  }

  private void updates() {
    final String type = waitingJob("update");
    final var job = take(type);
    client.newUpdateRetriesCommand(job).retries(10).send().join();
    client.newUpdateTimeoutCommand(job).timeout(Duration.ofMillis(10)).send().join();
    final var again = take(type);
    equal(again.getKey(), job.getKey());
    equal(again.getRetries(), 10);
    refused("INVALID_ARGUMENT", "with a positive amount of retries, but the amount given was '0'",
        () -> client.newUpdateRetriesCommand(job).retries(0).send().join());
  }

  private void streams() throws Exception {
    final String type = deployJob(fresh("stream"));
    final var got = new CopyOnWriteArrayList<ActivatedJob>();
    final var stream = client.newStreamJobsCommand().jobType(type).consumer(got::add).workerName("streamer")
        .fetchVariables("foo").timeout(Duration.ofSeconds(50)).send();
    try {
      // A stream gets jobs that come after it is known to the broker.
      until("a streamed job", () -> {
        start(type, Map.of("foo", "bar", "baz", "buz"));
        return !got.isEmpty();
      });
    } finally {
      stream.cancel(true);
    }
    equal(got.get(0).getWorker(), "streamer");
    equal(got.get(0).getVariablesAsMap(), Map.of("foo", "bar"));
    start(type, Map.of());
    isTrue("others get jobs", !jobs(type, 50).isEmpty());
  }

  private void worker() throws Exception {
    final String type = deployJob(fresh("worker"));
    final var tries = new AtomicInteger();
    try (JobWorker worker = client.newWorker().jobType(type).handler((jobs, job) -> {
      if (tries.incrementAndGet() == 1) throw new IllegalStateException("no paper left");
      jobs.newCompleteCommand(job).variable("retries", job.getRetries()).send().join();
    }).pollInterval(Duration.ofMillis(50)).open()) {
      final var result = client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion().withResult()
          .requestTimeout(LIMIT).send().join();
      equal(result.getVariablesAsMap(), Map.of("retries", 2));
    }
  }

  private void publishes() {
    final String name = fresh("message");
    deploy(Bpmn.createExecutableProcess(name).startEvent()
        .intermediateCatchEvent("wait", wait -> wait.message(m -> m.name(name).zeebeCorrelationKeyExpression("key")))
        .endEvent().done());
    final var command = client.newPublishMessageCommand().messageName(name).correlationKey("17").messageId("foo")
        .timeToLive(LIMIT).variables(Map.of("paid", 12));
    isTrue("it has a key", command.send().join().getMessageKey() > 0);
    refused("ALREADY_EXISTS",
        "Expected to publish a new message with id 'foo', but a message with that id was already published",
        () -> command.send().join());
    equal(client.newCreateInstanceCommand().bpmnProcessId(name).latestVersion().variables(Map.of("key", 17)).withResult()
        .requestTimeout(LIMIT).send().join().getVariablesAsMap(), Map.of("key", 17, "paid", 12));
  }

  private void broadcasts() {
    final String name = fresh("signal");
    deploy(Bpmn.createExecutableProcess(name).startEvent().signal(name)
        .serviceTask("task", task -> task.zeebeJobType(name)).endEvent().done());
    final var told = client.newBroadcastSignalCommand().signalName(name).variables(Map.of("x", 1)).send().join();
    isTrue("it has a key", told.getKey() > 0);
    equal(told.getTenantId(), "<default>");
    equal(take(name).getVariablesAsMap(), Map.of("x", 1));
  }

  private void setsVariables() {
    final var job = take(waitingJob("set"));
    final long instance = job.getProcessInstanceKey();
    client.newSetVariablesCommand(instance).variables(Map.of("a", 1, "b", 2)).send().join();
    client.newSetVariablesCommand(job.getElementInstanceKey()).variables(Map.of("a", 10)).local(true).send().join();
    client.newSetVariablesCommand(job.getElementInstanceKey()).variables(Map.of("b", 20)).send().join();
    client.newSetVariablesCommand(instance).variables("null").send().join();
    client.newFailCommand(job).retries(1).send().join();
    equal(take(job.getType()).getVariablesAsMap(), Map.of("a", 10, "b", 20));
    client.newCancelInstanceCommand(instance).operationReference(1234).send().join();
    refused("NOT_FOUND",
        "Expected to update variables for element with key '" + instance + "', but no such element was found",
        () -> client.newSetVariablesCommand(instance).variables(Map.of("a", 1)).send().join());
    refused("NOT_FOUND",
        "Expected to cancel a process instance with key '" + instance + "', but no such process was found",
        () -> client.newCancelInstanceCommand(instance).send().join());
    refused("UNAVAILABLE",
        "Expected to execute command on partition 0, but either it does not exist, or the gateway is not yet aware of it",
        () -> client.newSetVariablesCommand(0).variables(Map.of("a", 1)).send().join());
  }

  private void changes() {
    final String type = waitingJob("changed");
    final var job = take(type);
    final long target = deploy(Bpmn.createExecutableProcess(fresh("target")).startEvent()
        .serviceTask("there", task -> task.zeebeJobType("other")).endEvent("finish").done());
    client.newMigrateProcessInstanceCommand(job.getProcessInstanceKey()).migrationPlan(target)
        .addMappingInstruction("task", "there").send().join();
    client.newFailCommand(job).retries(1).send().join();
    final var migrated = take(type);
    equal(migrated.getElementId(), "there");
    equal(migrated.getProcessDefinitionKey(), target);
    refused("INVALID_ARGUMENT", "terminate instructions with an element instance that could not be found: '123'",
        () -> client.newModifyProcessInstanceCommand(job.getProcessInstanceKey()).terminateElement(123).send().join());
    refused("NOT_FOUND", "Expected to modify process instance but no process instance found with key '2251799999999999'",
        () -> client.newModifyProcessInstanceCommand(2251799999999999L).activateElement("x").send().join());
    client.newModifyProcessInstanceCommand(job.getProcessInstanceKey()).activateElement("there")
        .withVariables(Map.of("v", 1), "there").send().join();
  }

  private void decisions() {
    final String id = fresh("dmn");
    final var deployed = client.newDeployResourceCommand()
        .addResourceStringUtf8(CamundaResources.decisions(id), id + ".dmn").send().join();
    equal(deployed.getDecisions().size(), 2);
    final var colour = client.newEvaluateDecisionCommand().decisionId(id + "-colour").variables(Map.of("metres", 3))
        .send().join();
    equal(colour.getDecisionOutput(), "\"red\"");
    equal(colour.getEvaluatedDecisions().get(1).getMatchedRules().get(0).getRuleId(), id + "-one");
    final var failed = client.newEvaluateDecisionCommand().decisionId(id + "-colour").send().join();
    equal(failed.getFailedDecisionId(), id + "-size");
    refused("INVALID_ARGUMENT", "Expected to evaluate decision 'nowhere', but no decision found for id 'nowhere'",
        () -> client.newEvaluateDecisionCommand().decisionId("nowhere").send().join());
  }

  private void deletes() {
    final String id = quick();
    final long key = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().send().join()
        .getProcessDefinitionKey();
    client.newDeleteResourceCommand(key).send().join();
    refused("NOT_FOUND", "none found",
        () -> client.newCreateInstanceCommand().processDefinitionKey(key).send().join());
    refused("NOT_FOUND", "Expected to delete resource but no resource found with key `" + key + "`",
        () -> client.newDeleteResourceCommand(key).send().join());
  }

  private void refusesProcesses() {
    refused("INVALID_ARGUMENT", "Must have exactly one 'zeebe:taskDefinition' extension element",
        () -> deploy(Bpmn.createExecutableProcess(fresh("wrong")).startEvent().serviceTask("task").done()));
  }
}
