package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.search.enums.ElementInstanceState;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.util.List;
import java.util.Map;

/** Instances that are changed while they run: modified and migrated. */
final class CamundaChanges extends CamundaTopic {
  CamundaChanges(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("modifies an instance, with variables for elements and for all", this::modifies);
    it("activates an element in a scope that it chooses", this::choosesScopes);
    it("moves tokens, and ends elements by their id", this::moves);
    it("is refused modifications of what is not there", this::refusesModifications);
    it("migrates an instance to a new version and to another process", this::migrates);
    it("is refused migrations that lack a mapping", this::refusesMigrations);
  }

  /** start → a → fork → (b, c). */
  private String forking() {
    final String id = fresh("fork");
    deploy(Bpmn.createExecutableProcess(id).startEvent().userTask("a").parallelGateway("fork").userTask("b")
        .moveToLastGateway().userTask("c").endEvent().done());
    return id;
  }

  private List<String> active(final long instance) {
    return client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).state(ElementInstanceState.ACTIVE)).send().join().items()
        .stream().map(element -> element.getElementId()).sorted().toList();
  }

  private void modifies() {
    final long instance = start(forking());
    final long a = elementInstance(instance, "a");
    client.newModifyProcessInstanceCommand(instance).activateElement("b").withVariables(Map.of("foo", "bar"), "b")
        .withVariable("all", 1).and().activateElement("c").withVariable("fizz", "buzz", "c").and().terminateElement(a)
        .send().join();
    equal(active(instance), List.of("b", "c"));
    equal(variables(instance), Map.of("foo", "\"bar\"", "fizz", "\"buzz\"", "all", "1"));
    final var local = client.newVariableSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).name("foo")).send().join().singleItem();
    equal(local.getScopeKey(), elementInstance(instance, "b"));
  }

  private void choosesScopes() {
    final String type = fresh("scoped");
    deploy(Bpmn.createExecutableProcess(type).startEvent()
        .subProcess("sub", sub -> sub.embeddedSubProcess().startEvent()
            .serviceTask("inner", task -> task.zeebeJobType(type)).endEvent())
        .endEvent().done());
    final long instance = start(type);
    final long sub = elementInstance(instance, "sub");
    client.newModifyProcessInstanceCommand(instance).activateElement("inner", sub).send().join();
    equal(jobs(type, 5).size(), 2);
    // Without a scope that it is in, the element gets one of its own.
    client.newModifyProcessInstanceCommand(instance).activateElement("inner", instance).send().join();
    equal(active(instance), List.of("inner", "inner", "inner", "sub", "sub"));
    refused(400, "rejected with code 'INVALID_ARGUMENT'",
        () -> client.newModifyProcessInstanceCommand(instance).activateElement("inner", 123).send().join());
  }

  private void moves() {
    final long instance = start(forking());
    client.newModifyProcessInstanceCommand(instance).moveElements("a", "b").withVariables(Map.of("x", 1), "b").send()
        .join();
    equal(active(instance), List.of("b"));
    client.newModifyProcessInstanceCommand(instance).moveElement(elementInstance(instance, "b"), "c").send().join();
    equal(active(instance), List.of("c"));
    client.newModifyProcessInstanceCommand(instance).terminateElements("c").and().activateElement("a").send().join();
    equal(client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).state(ElementInstanceState.ACTIVE)).send().join()
        .items().size(), 1);
  }

  private void refusesModifications() {
    final String id = forking();
    final long instance = start(id);
    refused(404, "Expected to modify process instance but no process instance found with key '2251799999999999'",
        () -> client.newModifyProcessInstanceCommand(2251799999999999L).activateElement("a").send().join());
    refused(400,
        "Expected to modify instance of process '" + id + "' but it contains one or more terminate instructions with an"
            + " element instance that could not be found: '123'",
        () -> client.newModifyProcessInstanceCommand(instance).terminateElement(123).send().join());
    refused(400,
        "Expected to modify instance of process '" + id + "' but it contains one or more activate instructions with an"
            + " element that could not be found: 'nowhere'",
        () -> client.newModifyProcessInstanceCommand(instance).activateElement("nowhere").send().join());
  }

  private void migrates() throws Exception {
    final String type = waitingJob("old");
    final var job = take(type);
    final long instance = job.getProcessInstanceKey();
    final long newer = deploy(Bpmn.createExecutableProcess(type).startEvent()
        .serviceTask("renamed", task -> task.zeebeJobType("other")).endEvent().done());
    client.newMigrateProcessInstanceCommand(instance).migrationPlan(newer).addMappingInstruction("task", "renamed")
        .send().join();
    final var migrated = client.newProcessInstanceGetRequest(instance).send().join();
    equal(migrated.getProcessDefinitionKey(), newer);
    equal(migrated.getProcessDefinitionVersion(), 2);
    equal(migrated.getProcessDefinitionId(), type);
    equal(client.newElementInstanceGetRequest(job.getElementInstanceKey()).send().join().getElementId(), "renamed");
    final String other = fresh("new");
    final long target = deploy(Bpmn.createExecutableProcess(other).startEvent().userTask("before")
        .serviceTask("there", task -> task.zeebeJobType("x")).endEvent("end").done());
    client.newMigrateProcessInstanceCommand(instance).migrationPlan(target).addMappingInstruction("renamed", "there")
        .send().join();
    final var moved = client.newJobSearchRequest().filter(filter -> filter.jobKey(job.getKey())).send().join()
        .singleItem();
    equal(moved.getType(), type);
    equal(moved.getElementId(), "there");
    equal(moved.getProcessDefinitionId(), other);
    client.newCompleteCommand(job.getKey()).send().join();
    ends(instance);
    equal(client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).elementId("end")).send().join().items().size(), 1);
  }

  private void refusesMigrations() {
    final String type = waitingJob("stays");
    final long instance = take(type).getProcessInstanceKey();
    final long target = deploy(Bpmn.createExecutableProcess(fresh("target")).startEvent().userTask("u").endEvent("finish").done());
    refused(409, "Expected to migrate process instance '" + instance + "' but no mapping instruction defined for active"
        + " element with id 'task'",
        () -> client.newMigrateProcessInstanceCommand(instance).migrationPlan(target).addMappingInstruction("end", "finish")
            .send().join());
    refused(404, "Expected to migrate process instance to process definition but no process definition found with key",
        () -> client.newMigrateProcessInstanceCommand(instance).migrationPlan(2251799999999999L)
            .addMappingInstruction("task", "u").send().join());
  }
}
