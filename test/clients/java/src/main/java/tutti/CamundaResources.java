package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What is deployed: processes, decisions and forms, and how they are deleted. */
final class CamundaResources extends CamundaTopic {
  CamundaResources(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("deploys a process, again without a change, and a new version", this::deploysProcesses);
    it("deploys decisions and evaluates them by id and key", this::evaluatesDecisions);
    it("is told where a decision fails", this::failsDecisions);
    it("deploys forms, and several resources at a time", this::deploysForms);
    it("deploys a large process", this::deploysLarge);
    it("is refused invalid and too large resources", this::refuses);
    it("deletes a process, a decision and a form", this::deletes);
  }

  private void deploysProcesses() {
    final String id = fresh("deployed");
    final var model = Bpmn.createExecutableProcess(id).name("A name").startEvent()
        .serviceTask("task", task -> task.zeebeJobType("test")).endEvent().done();
    final var first = client.newDeployResourceCommand().addProcessModel(model, id + ".bpmn").send().join();
    isTrue("it has a key", first.getKey() > 0);
    equal(first.getTenantId(), "<default>");
    equal(first.getProcesses().size(), 1);
    final var process = first.getProcesses().get(0);
    equal(process.getBpmnProcessId(), id);
    equal(process.getVersion(), 1);
    equal(process.getResourceName(), id + ".bpmn");
    final var again = client.newDeployResourceCommand().addProcessModel(model, id + ".bpmn").send().join();
    equal(again.getProcesses().get(0).getProcessDefinitionKey(), process.getProcessDefinitionKey());
    equal(again.getProcesses().get(0).getVersion(), 1);
    isTrue("the deployment is another", again.getKey() != first.getKey());
    final var renamed = client.newDeployResourceCommand().addProcessModel(model, "other" + id + ".bpmn").send().join();
    equal(renamed.getProcesses().get(0).getVersion(), 2);
    final String xml = client.newProcessDefinitionGetXmlRequest(process.getProcessDefinitionKey()).send().join();
    equal(xml, Bpmn.convertToString(model));
    final var read = client.newProcessDefinitionGetRequest(process.getProcessDefinitionKey()).send().join();
    equal(read.getName(), "A name");
    equal(read.getResourceName(), id + ".bpmn");
  }

  /** Two decisions, of which one asks the other. */
  static String decisions(final String id) {
    return """
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="%1$s-graph" name="A graph" namespace="t">
          <decision id="%1$s-colour" name="Which colour"><informationRequirement id="%1$s-r">
              <requiredDecision href="#%1$s-size"/></informationRequirement>
            <decisionTable id="%1$s-t"><input id="%1$s-i" label="size"><inputExpression id="%1$s-e" typeRef="string"><text>size</text></inputExpression></input>
              <output id="%1$s-o" label="colour" name="colour" typeRef="string"/>
              <rule id="%1$s-one"><inputEntry id="%1$s-a"><text>"big"</text></inputEntry><outputEntry id="%1$s-b"><text>"red"</text></outputEntry></rule>
              <rule id="%1$s-two"><inputEntry id="%1$s-c"><text>"small"</text></inputEntry><outputEntry id="%1$s-d"><text>"blue"</text></outputEntry></rule>
            </decisionTable></decision>
          <decision id="%1$s-size" name="How big"><variable id="%1$s-v" name="size" typeRef="string"/>
            <literalExpression id="%1$s-l"><text>if assert(metres, metres != null) &gt; 2 then "big" else "small"</text></literalExpression></decision>
        </definitions>""".formatted(id);
  }

  private void evaluatesDecisions() {
    final String id = fresh("dmn");
    final var deployed = deployText(decisions(id), id + ".dmn");
    equal(deployed.getDecisionRequirements().size(), 1);
    equal(deployed.getDecisions().size(), 2);
    final var graph = deployed.getDecisionRequirements().get(0);
    equal(graph.getDmnDecisionRequirementsId(), id + "-graph");
    equal(graph.getDmnDecisionRequirementsName(), "A graph");
    equal(graph.getVersion(), 1);
    equal(graph.getResourceName(), id + ".dmn");
    final var colour = deployed.getDecisions().stream()
        .filter(decision -> decision.getDmnDecisionId().equals(id + "-colour")).findFirst().orElseThrow();
    equal(colour.getDmnDecisionName(), "Which colour");
    equal(colour.getDecisionRequirementsKey(), graph.getDecisionRequirementsKey());
    final var byKey = client.newEvaluateDecisionCommand().decisionKey(colour.getDecisionKey())
        .variables(Map.of("metres", 3)).send().join();
    equal(byKey.getDecisionOutput(), "\"red\"");
    final var byId = client.newEvaluateDecisionCommand().decisionId(id + "-colour").variable("metres", 1).send().join();
    equal(byId.getDecisionOutput(), "\"blue\"");
    equal(byId.getDecisionKey(), colour.getDecisionKey());
    equal(byId.getDecisionId(), id + "-colour");
    equal(byId.getDecisionName(), "Which colour");
    equal(byId.getDecisionVersion(), 1);
    equal(byId.getDecisionRequirementsId(), id + "-graph");
    equal(byId.getDecisionRequirementsKey(), graph.getDecisionRequirementsKey());
    equal(byId.getTenantId(), "<default>");
    isTrue("the evaluation has a key", byId.getDecisionEvaluationKey() > 0);
    equal(byId.getEvaluatedDecisions().size(), 2);
    final var asked = byId.getEvaluatedDecisions().get(0);
    equal(asked.getDecisionId(), id + "-size");
    equal(asked.getDecisionOutput(), "\"small\"");
    final var evaluated = byId.getEvaluatedDecisions().get(1);
    equal(evaluated.getDecisionId(), id + "-colour");
    equal(evaluated.getEvaluatedInputs().get(0).getInputValue(), "\"small\"");
    equal(evaluated.getEvaluatedInputs().get(0).getInputName(), "size");
    equal(evaluated.getMatchedRules().get(0).getRuleId(), id + "-two");
    equal(evaluated.getMatchedRules().get(0).getRuleIndex(), 2);
    equal(evaluated.getMatchedRules().get(0).getEvaluatedOutputs().get(0).getOutputValue(), "\"blue\"");
    equal(evaluated.getMatchedRules().get(0).getEvaluatedOutputs().get(0).getOutputName(), "colour");
    refused(404, "Expected to evaluate decision 'nowhere', but no decision found for id 'nowhere'",
        () -> client.newEvaluateDecisionCommand().decisionId("nowhere").send().join());
    refused(404, "no decision found for key '123'",
        () -> client.newEvaluateDecisionCommand().decisionKey(123).send().join());
  }

  private void failsDecisions() {
    final String id = fresh("failing");
    deployText(decisions(id), id + ".dmn");
    final var failed = client.newEvaluateDecisionCommand().decisionId(id + "-colour").send().join();
    equal(failed.getFailedDecisionId(), id + "-size");
    isTrue(failed.getFailureMessage(), failed.getFailureMessage()
        .startsWith("Expected to evaluate decision '" + id + "-colour', but "));
  }

  static String form(final String id) {
    return "{\"components\":[],\"type\":\"default\",\"id\":\"" + id + "\",\"schemaVersion\":16}";
  }

  private void deploysForms() {
    final String id = fresh("form");
    final var result = deployText(form(id), id + ".form");
    equal(result.getForm().size(), 1);
    final var form = result.getForm().get(0);
    equal(form.getFormId(), id);
    equal(form.getVersion(), 1);
    equal(form.getResourceName(), id + ".form");
    equal(form.getTenantId(), "<default>");
    isTrue("it has a key", form.getFormKey() > 0);
    final String other = fresh("several");
    final var several = client.newDeployResourceCommand()
        .addProcessModel(Bpmn.createExecutableProcess(other).startEvent().endEvent().done(), other + ".bpmn")
        .addResourceStringUtf8(decisions(other), other + ".dmn").addResourceString(form(other), StandardCharsets.UTF_8,
            other + ".form")
        .send().join();
    equal(
        List.of(several.getProcesses().size(), several.getDecisions().size(), several.getDecisionRequirements().size(),
            several.getForm().size()),
        List.of(1, 2, 1, 1));
  }

  private void deploysLarge() {
    final String id = fresh("wide");
    final long key = deploy(Bpmn.createExecutableProcess(id).startEvent().documentation("x".repeat(1_500_000))
        .done());
    isTrue("it is there as it was", client.newProcessDefinitionGetXmlRequest(key).send().join().length() > 1_500_000);
  }

  private void refuses() {
    final String id = fresh("wrong");
    final var model = Bpmn.createExecutableProcess(id).startEvent().serviceTask("task").done();
    refused(400, "Must have exactly one 'zeebe:taskDefinition' extension element", () -> deploy(model));
    refused(400, "rejected with code 'INVALID_ARGUMENT'", () -> deploy(Bpmn.createExecutableProcess(id).startEvent()
        .serviceTask("task", task -> task.zeebeInput("=<DOCTYPE!" + "x".repeat(60_000), "var").zeebeJobType("test"))
        .endEvent().done()));
    thrown(() -> deploy(Bpmn.createExecutableProcess(id).startEvent().documentation("x".repeat(6_000_000)).done()));
    refused(404, "none found",
        () -> client.newCreateInstanceCommand().bpmnProcessId(id).latestVersion().send().join());
  }

  private void deletes() {
    final String id = fresh("deleted");
    final long process = deploy(Bpmn.createExecutableProcess(id).startEvent().endEvent().done());
    client.newDeleteResourceCommand(process).send().join();
    refused(404, "none found", () -> client.newCreateInstanceCommand().processDefinitionKey(process).send().join());
    final var decisions = deployText(decisions(id), id + ".dmn");
    client.newDeleteResourceCommand(decisions.getDecisionRequirements().get(0).getDecisionRequirementsKey())
        .operationReference(7).send().join();
    refused(404, "no decision found for id",
        () -> client.newEvaluateDecisionCommand().decisionId(id + "-colour").send().join());
    client.newDeleteResourceCommand(deployText(form(id), id + ".form").getForm().get(0).getFormKey()).send().join();
    refused(404, "Expected to delete resource but no resource found with key `" + process + "`",
        () -> client.newDeleteResourceCommand(process).send().join());
    final String old = fresh("history");
    final long withHistory = deploy(Bpmn.createExecutableProcess(old).startEvent().endEvent().done());
    start(old);
    final var deleted = client.newDeleteResourceCommand(withHistory).deleteHistory(true).send().join();
    equal(deleted.getResourceKey(), String.valueOf(withHistory));
    equal(deleted.getCreateBatchOperationResponse().getBatchOperationType().name(), "DELETE_PROCESS_INSTANCE");
  }
}
