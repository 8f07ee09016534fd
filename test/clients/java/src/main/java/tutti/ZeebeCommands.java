package tutti;

import static tutti.Clients.*;

import io.camunda.zeebe.client.ZeebeClient;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.time.Duration;
import java.util.Map;

/** The commands of Zeebe 8.6 beside those on jobs. */
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
