package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ClientException;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Instances: how they are started, and what is answered when they end. */
final class CamundaInstances extends CamundaTopic {
  CamundaInstances(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("starts the latest version, a given one, and one by its key", this::startsVersions);
    it("starts with variables as map, object, JSON, stream and one by one", this::startsWithVariables);
    it("is refused variables that are no object", this::refusesVariables);
    it("is refused processes that are not there", this::refusesUnknown);
    it("starts before several elements, and not if that fails", this::startsBeforeElements);
    it("terminates an instance after an element", this::terminatesAfterElement);
    it("gives an instance tags and a business id", this::labels);
    it("gets the variables of the root scope as result", this::resultOfRootScope);
    it("gets some variables as result, nulls too, and none if there are none", this::someOfTheResult);
    it("gets a result when a message, an error, a resolved incident or a modification ends it", this::resultsOfOthers);
    it("gives up waiting for a result, and the instance goes on", this::givesUp);
    it("gets a large result", this::largeResult);
    it("cancels an instance with the ones it called, and not the called one alone", this::cancels);
  }

  private void startsVersions() {
    final String id = fresh("versions");
    final long first = deploy(Bpmn.createExecutableProcess(id).startEvent("one").done());
    final long second = deploy(Bpmn.createExecutableProcess(id).startEvent("two").done());
    final var latest = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().send().join();
    equal(latest.getVersion(), 2);
    equal(latest.getProcessDefinitionKey(), second);
    equal(latest.getBpmnProcessId(), id);
    equal(latest.getTenantId(), "<default>");
    final var old = client.newCreateInstanceCommand().bpmnProcessId(id).version(1).send().join();
    equal(old.getProcessDefinitionKey(), first);
    final var byKey = client.newCreateInstanceCommand().processDefinitionKey(first).send().join();
    equal(byKey.getVersion(), 1);
    equal(byKey.getBpmnProcessId(), id);
  }

  /** What the client makes JSON of. */
  public record Parcel(int weight, String label) {}

  private void startsWithVariables() {
    final String id = deployJob(fresh("variables"));
    final var command = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion();
    final String json = "{\"weight\":3,\"label\":\"x\"}";
    final Map<String, String> expected = Map.of("weight", "3", "label", "\"x\"");
    equal(variables(start(id, Map.of("weight", 3, "label", "x"))), expected);
    equal(variables(command.variables(new Parcel(3, "x")).send().join().getProcessInstanceKey()), expected);
    equal(variables(command.variables(json).send().join().getProcessInstanceKey()), expected);
    equal(
        variables(command.variables(new ByteArrayInputStream(json.getBytes())).send().join().getProcessInstanceKey()),
        expected);
    equal(
        variables(command.variable("large", 9007199254740993L).send().join().getProcessInstanceKey()),
        Map.of("large", "9007199254740993"));
    equal(variables(command.variables("null").send().join().getProcessInstanceKey()), Map.of());
  }

  private void refusesVariables() {
    final String id = deployJob(fresh("array"));
    // Over REST it is the client that refuses them.
    refused(400,
        rest
            ? "Failed to deserialize json '[]' to 'Map<String, Object>'"
            : "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
        () -> client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().variables("[]").send().join());
  }

  private void refusesUnknown() {
    refused(404, "Expected to find process definition with process ID 'nowhere', but none found",
        () -> client.newCreateInstanceCommand().bpmnProcessId("nowhere").latestVersion().send().join());
    refused(404, "Expected to find process definition with key '123', but none found",
        () -> client.newCreateInstanceCommand().processDefinitionKey(123).send().join());
    refused(404, "Expected to find process definition with key '123', but none found",
        () -> client.newCreateInstanceCommand().processDefinitionKey(123).withResult().send().join());
  }

  private void startsBeforeElements() throws Exception {
    final String id = fresh("before");
    final long definition = deploy(Bpmn.createExecutableProcess(id).startEvent("start").parallelGateway("fork")
        .endEvent("left").moveToNode("fork").endEvent("right").done());
    final long key = client.newCreateInstanceCommand().processDefinitionKey(definition).startBeforeElement("left")
        .startBeforeElement("right").send().join().getProcessInstanceKey();
    ends(key);
    final var elements = client.newElementInstanceSearchRequest().filter(filter -> filter.processInstanceKey(key))
        .sort(sort -> sort.elementInstanceKey().asc()).send().join().items().stream()
        .map(element -> element.getElementId()).toList();
    equal(Set.copyOf(elements), Set.of("left", "right"));
    final String other = fresh("subscribes");
    deploy(Bpmn.createExecutableProcess(other)
        .eventSubProcess("sub", sub -> sub.startEvent("call")
            .message(message -> message.name("call").zeebeCorrelationKey("=absent")))
        .startEvent().endEvent("end").done());
    refused(400, "[NO_VARIABLE_FOUND] No variable found with name 'absent'",
        () -> client.newCreateInstanceCommand().bpmnProcessId(other).latestVersion().startBeforeElement("end").send()
            .join());
  }

  private void terminatesAfterElement() throws Exception {
    final String id = fresh("until");
    deploy(Bpmn.createExecutableProcess(id).startEvent().manualTask("one").manualTask("two").endEvent().done());
    final long key = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().terminateAfterElement("one")
        .send().join().getProcessInstanceKey();
    until("its end", () -> "TERMINATED".equals(stateOf(key)));
    equal(client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processInstanceKey(key).elementId("two")).send().join().items().size(), 0);
  }

  private void labels() {
    final String type = deployJob(fresh("labels"));
    final String business = fresh("order");
    final var created = client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion().tags("red", "blue")
        .businessId(business).send().join();
    equal(created.getTags(), Set.of("red", "blue"));
    equal(created.getBusinessId(), business);
    equal(take(type).getTags(), Set.of("red", "blue"));
    final var found = client.newProcessInstanceSearchRequest()
        .filter(filter -> filter.tags("red").businessId(business)).send().join().items();
    equal(found.size(), 1);
    equal(found.get(0).getTags(), Set.of("red", "blue"));
    equal(found.get(0).getProcessInstanceKey(), created.getProcessInstanceKey());
  }

  private void resultOfRootScope() {
    final String type = fresh("scopes");
    final long definition = deploy(Bpmn.createExecutableProcess(type).startEvent()
        .subProcess("sub", sub -> {
          sub.embeddedSubProcess().startEvent().serviceTask("task", task -> task.zeebeJobType(type)).endEvent();
          sub.zeebeInputExpression("x", "y");
        }).endEvent().done());
    final var result = client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion()
        .variables(Map.of("x", "1")).withResult().requestTimeout(LIMIT).send();
    client.newCompleteCommand(take(type)).variables(Map.of("y", "2")).send().join();
    final var ended = result.join();
    equal(ended.getVariablesAsMap(), Map.of("x", "1"));
    equal(ended.getProcessDefinitionKey(), definition);
    equal(ended.getBpmnProcessId(), type);
    equal(ended.getVersion(), 1);
  }

  private void someOfTheResult() {
    final String id = fresh("fetch");
    deploy(Bpmn.createExecutableProcess(id).startEvent().endEvent().done());
    final var command = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion();
    equal(command.withResult().send().join().getVariablesAsMap(), Map.of());
    final var variables = new HashMap<String, Object>(Map.of("x", "foo", "y", "bar"));
    variables.put("nothing", null);
    final var result = command.variables(variables).withResult().fetchVariables("y", "nothing").send().join();
    final var expected = new HashMap<String, Object>(Map.of("y", "bar"));
    expected.put("nothing", null);
    equal(result.getVariablesAsMap(), expected);
    equal(result.getVariable("nothing"), null);
    isTrue("a variable that is not there", thrown(() -> result.getVariable("x")) instanceof ClientException);
  }

  private void resultsOfOthers() throws Exception {
    final String id = fresh("ways");
    deploy(Bpmn.createExecutableProcess(id).startEvent()
        .intermediateCatchEvent("wait", wait -> wait.message(m -> m.name("go").zeebeCorrelationKeyExpression("key")))
        .endEvent().done());
    final var byMessage = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion()
        .variables(Map.of("key", id)).withResult().requestTimeout(LIMIT).send();
    client.newPublishMessageCommand().messageName("go").correlationKey(id).timeToLive(LIMIT)
        .variables(Map.of("message", "correlated")).send().join();
    equal(byMessage.join().getVariable("message"), "correlated");

    final String thrower = fresh("thrower");
    deploy(Bpmn.createExecutableProcess(thrower).startEvent()
        .serviceTask("task", task -> task.zeebeJobType(thrower))
        .boundaryEvent("caught", event -> event.error("broken"))
        .zeebeOutputExpression("why", "why").endEvent().moveToActivity("task").endEvent("end").done());
    final var byError = client.newCreateInstanceCommand().bpmnProcessId(thrower).latestVersion().withResult()
        .requestTimeout(LIMIT).send();
    client.newThrowErrorCommand(take(thrower)).errorCode("broken").variables(Map.of("why", "thrown")).send().join();
    equal(byError.join().getVariable("why"), "thrown");

    final var byModification = client.newCreateInstanceCommand().bpmnProcessId(thrower).latestVersion().withResult()
        .requestTimeout(LIMIT).send();
    final var job = take(thrower);
    client.newModifyProcessInstanceCommand(job.getProcessInstanceKey()).terminateElement(job.getElementInstanceKey())
        .and().activateElement("end").withVariables(Map.of("now", "modified")).send().join();
    equal(byModification.join().getVariable("now"), "modified");

    final String chooser = fresh("chooser");
    deploy(Bpmn.createExecutableProcess(chooser).startEvent().exclusiveGateway("choose").sequenceFlowId("a")
        .conditionExpression("x > 10").endEvent().moveToLastExclusiveGateway().sequenceFlowId("b").defaultFlow()
        .endEvent().done());
    final var byIncident = client.newCreateInstanceCommand().bpmnProcessId(chooser).latestVersion()
        .variables(Map.of("x", "many")).withResult().requestTimeout(LIMIT).send();
    final var incident = until("the incident", () -> client.newIncidentSearchRequest()
        .filter(filter -> filter.processDefinitionId(chooser)).send().join().items().stream().findFirst().orElse(null));
    client.newSetVariablesCommand(incident.getElementInstanceKey()).variables(Map.of("x", 21)).send().join();
    client.newResolveIncidentCommand(incident.getIncidentKey()).send().join();
    equal(byIncident.join().getVariable("x"), 21);
  }

  private void givesUp() throws Exception {
    final String type = deployJob(fresh("slow"));
    thrown(() -> client.newCreateInstanceCommand().bpmnProcessId(type).latestVersion().withResult()
        .requestTimeout(Duration.ofMillis(200)).send().join());
    final var job = take(type);
    client.newCompleteCommand(job).send().join();
    ends(job.getProcessInstanceKey());
  }

  private void largeResult() {
    final String id = fresh("large");
    deploy(Bpmn.createExecutableProcess(id).startEvent().endEvent().done());
    final String large = "x".repeat(1_500_000);
    final var result = client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion()
        .variables(Map.of("large", large)).withResult().requestTimeout(LIMIT).send().join();
    equal(result.getVariable("large"), large);
  }

  private void cancels() throws Exception {
    final String called = deployJob(fresh("called"));
    final String caller = fresh("caller");
    deploy(Bpmn.createExecutableProcess(caller).startEvent()
        .callActivity("call", call -> call.zeebeProcessId(called)).endEvent().done());
    final long root = start(caller);
    final long child = take(called).getProcessInstanceKey();
    refused(409,
        "Expected to cancel a process instance with key '" + child
            + "', but it is created by a parent process instance. Cancel the root process instance '" + root
            + "' instead.",
        () -> client.newCancelInstanceCommand(child).send().join());
    client.newCancelInstanceCommand(root).operationReference(1234).send().join();
    until("the end of both", () -> "TERMINATED".equals(stateOf(child)) && "TERMINATED".equals(stateOf(root)));
    refused(404,
        "Expected to cancel a process instance with key '" + root + "', but no such process was found",
        () -> client.newCancelInstanceCommand(root).send().join());
  }
}
