package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ProblemException;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Messages, signals and conditions: what comes from outside. */
final class CamundaEvents extends CamundaTopic {
  CamundaEvents(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("publishes a message that lives for no time", this::publishesWithoutLife);
    it("publishes a message before somebody waits for it", this::publishesEarly);
    it("is refused a message with the id of one that is there", this::refusesSameId);
    it("correlates a message to a start event, with and without a key", this::correlatesToStart);
    it("correlates a message to a start event and a catch event at a time", this::correlatesToBoth);
    it("is told that nobody waits for a message", this::correlatesToNobody);
    it("broadcasts signals to start events, with and without variables", this::broadcasts);
    it("starts the processes whose condition holds", this::evaluatesConditions);
    it("sets variables in an element and around it, and is refused what is not there", this::setsVariables);
  }

  /** A process that waits for the message of its own name, with the variable `key`. */
  private String catching() {
    final String name = fresh("catch");
    deploy(Bpmn.createExecutableProcess(name).startEvent()
        .intermediateCatchEvent("wait", wait -> wait.message(m -> m.name(name).zeebeCorrelationKeyExpression("key")))
        .endEvent().done());
    return name;
  }

  private String starting() {
    final String name = fresh("message-start");
    deploy(Bpmn.createExecutableProcess(name).startEvent("called").message(name).endEvent().done());
    return name;
  }

  private void publishesWithoutLife() throws Exception {
    final String name = catching();
    final long instance = start(name, Map.of("key", "k"));
    client.newPublishMessageCommand().messageName(name).correlationKey("k").timeToLive(Duration.ZERO)
        .variable("foo", "bar").send().join();
    ends(instance);
    equal(variables(instance).get("foo"), "\"bar\"");
    client.newPublishMessageCommand().messageName(name).correlationKey("k").timeToLive(Duration.ZERO).send().join();
    final long later = start(name, Map.of("key", "k"));
    equal(stateOf(later), "ACTIVE");
  }

  private void publishesEarly() throws Exception {
    final String name = catching();
    final var published = client.newPublishMessageCommand().messageName(name).correlationKey("17").timeToLive(LIMIT)
        .messageId(name).variables("{\"foo\":[1]}").send().join();
    isTrue("it has a key", published.getMessageKey() > 0);
    equal(published.getTenantId(), "<default>");
    // A number as key is its text.
    final long instance = start(name, Map.of("key", 17));
    ends(instance);
    equal(variables(instance).get("foo"), "[1]");
    final var found = client.newCorrelatedMessageSubscriptionSearchRequest()
        .filter(filter -> filter.messageKey(published.getMessageKey())).send().join().singleItem();
    equal(found.getProcessInstanceKey(), instance);
    equal(found.getElementId(), "wait");
    equal(found.getCorrelationKey(), "17");
  }

  private void refusesSameId() {
    final String name = fresh("id");
    final var command = client.newPublishMessageCommand().messageName(name).correlationKey("k").messageId("foo")
        .timeToLive(LIMIT);
    command.send().join();
    refused(409, "Expected to publish a new message with id 'foo', but a message with that id was already published",
        () -> command.send().join());
  }

  private void correlatesToStart() throws Exception {
    final String name = starting();
    final var withKey = client.newCorrelateMessageCommand().messageName(name).correlationKey("k")
        .variables(Map.of("foo", 1)).send().join();
    isTrue("it has a key", withKey.getMessageKey() > 0);
    equal(withKey.getTenantId(), "<default>");
    ends(withKey.getProcessInstanceKey());
    equal(variables(withKey.getProcessInstanceKey()), Map.of("foo", "1"));
    final var withoutKey = client.newCorrelateMessageCommand().messageName(name).withoutCorrelationKey().send().join();
    ends(withoutKey.getProcessInstanceKey());
  }

  private void correlatesToBoth() throws Exception {
    final String name = catching();
    final String starter = fresh("same");
    deploy(Bpmn.createExecutableProcess(starter).startEvent().message(name).endEvent().done());
    final long waiting = start(name, Map.of("key", "k"));
    final var told = client.newCorrelateMessageCommand().messageName(name).correlationKey("k").send().join();
    isTrue("it is the started one that is told", told.getProcessInstanceKey() != waiting);
    ends(waiting);
  }

  private void correlatesToNobody() {
    final String name = fresh("nobody");
    final Throwable error =
        thrown(() -> client.newCorrelateMessageCommand().messageName(name).correlationKey("k").send().join());
    final var problem = ((ProblemException) error).details();
    equal(problem.getStatus(), 404);
    equal(problem.getTitle(), "NOT_FOUND");
    isTrue(problem.getDetail(), problem.getDetail().contains(
        "Expected to find subscription for message with name '" + name
            + "' and correlation key 'k', but none was found."));
  }

  private void broadcasts() {
    final String name = fresh("signal");
    deploy(Bpmn.createExecutableProcess(name).startEvent("start").signal(name).endEvent().done());
    final var without = client.newBroadcastSignalCommand().signalName(name).send().join();
    isTrue("it has a key", without.getKey() > 0);
    equal(without.getTenantId(), "<default>");
    client.newBroadcastSignalCommand().signalName(name).variables(Map.of("x", 1, "y", 2)).send().join();
    client.newBroadcastSignalCommand().signalName(name).variable("x", "value").send().join();
    final var instances = client.newProcessInstanceSearchRequest().filter(filter -> filter.processDefinitionId(name))
        .sort(sort -> sort.processInstanceKey().asc()).send().join().items();
    equal(instances.stream().map(found -> variables(found.getProcessInstanceKey())).toList(),
        java.util.List.of(Map.of(), Map.of("x", "1", "y", "2"), Map.of("x", "\"value\"")));
    equal(client.newBroadcastSignalCommand().signalName(fresh("unheard")).send().join().getKey() > 0, true);
  }

  private void evaluatesConditions() {
    final String id = fresh("condition");
    final long definition = deployText("""
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">
          <process id="%s" isExecutable="true"><startEvent id="s"><conditionalEventDefinition id="c">
            <condition xsi:type="tFormalExpression">=%s &gt; 1</condition></conditionalEventDefinition></startEvent></process>
        </definitions>""".formatted(id, id.replace('-', '_')), id + ".bpmn").getProcesses().get(0)
        .getProcessDefinitionKey();
    final var started = client.newEvaluateConditionalCommand().variables(Map.of(id.replace('-', '_'), 2)).send().join();
    equal(started.getProcessInstances().stream().map(one -> one.getProcessDefinitionKey()).toList(),
        java.util.List.of(definition));
    isTrue("the evaluation has a key", started.getConditionalEvaluationKey() > 0);
    equal(started.getTenantId(), "<default>");
    final var none = client.newEvaluateConditionalCommand().variables(Map.of(id.replace('-', '_'), 0))
        .processDefinitionKey(definition).send().join();
    equal(none.getProcessInstances().size(), 0);
  }

  private void setsVariables() {
    final String type = waitingJob("set");
    final var job = take(type);
    final long instance = job.getProcessInstanceKey();
    final var set = client.newSetVariablesCommand(instance).variables(Map.of("a", 1, "b", 2)).send().join();
    if (!rest) isTrue("it has a key", set.getKey() > 0);
    client.newSetVariablesCommand(job.getElementInstanceKey()).variables(Map.of("a", 10, "c", 3)).local(true).send()
        .join();
    client.newSetVariablesCommand(job.getElementInstanceKey()).variable("b", 20).send().join();
    final var found = client.newVariableSearchRequest().filter(filter -> filter.processInstanceKey(instance)).send()
        .join().items().stream()
        .map(one -> one.getName() + "=" + one.getValue() + (one.getScopeKey() == instance ? "" : " inside"))
        .collect(Collectors.toSet());
    equal(found, Set.of("a=1", "b=20", "a=10 inside", "c=3 inside"));
    if (rest) refused(400, "No variables provided", () -> client.newSetVariablesCommand(instance).variables("null").send().join());
    else client.newSetVariablesCommand(instance).variables("null").send().join();
    client.newCancelInstanceCommand(instance).send().join();
    refused(404,
        "Expected to update variables for element with key '" + instance + "', but no such element was found",
        () -> client.newSetVariablesCommand(instance).variables(Map.of("a", 1)).send().join());
    if (!rest)
      refused(503,
          "Expected to execute command on partition 0, but either it does not exist, or the gateway is not yet aware of"
              + " it",
          () -> client.newSetVariablesCommand(0).variables(Map.of("a", 1)).send().join());
  }
}
