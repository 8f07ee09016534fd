package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.search.enums.BatchOperationState;
import io.camunda.client.api.search.response.BatchOperation;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What operators do: batch operations, documents, variables of the cluster, expressions. REST only. */
final class CamundaOperations extends CamundaTopic {
  CamundaOperations(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("cancels many instances, and finds the operation and its items", this::cancelsMany);
    it("modifies, migrates and resolves many instances", this::changesMany);
    it("deletes the history of instances", this::deletesHistory);
    it("resolves all incidents of an instance", this::resolvesAll);
    it("stores a document, reads it, links to it and deletes it", this::documents);
    it("stores several documents, and a job gets them", this::manyDocuments);
    it("creates, changes and deletes a variable of the cluster", this::clusterVariables);
    it("evaluates an expression", this::expressions);
    it("chooses the activities of an ad-hoc subprocess", this::adHoc);
    it("sees the topology and that the cluster is healthy", this::topology);
  }

  private BatchOperation done(final String key) throws InterruptedException {
    return until("the batch operation", () -> {
      final var found = client.newBatchOperationGetRequest(key).send().join();
      return found.getStatus() == BatchOperationState.COMPLETED ? found : null;
    });
  }

  private void cancelsMany() throws Exception {
    final String id = deployJob(fresh("many"));
    for (int n = 0; n < 5; n++) start(id);
    final var created = client.newCreateBatchOperationCommand().processInstanceCancel()
        .filter(filter -> filter.processDefinitionId(id)).send().join();
    equal(created.getBatchOperationType().name(), "CANCEL_PROCESS_INSTANCE");
    final var operation = done(created.getBatchOperationKey());
    equal(operation.getOperationsTotalCount(), 5);
    equal(operation.getOperationsCompletedCount(), 5);
    equal(operation.getOperationsFailedCount(), 0);
    isTrue("it has dates", !operation.getEndDate().isBefore(operation.getStartDate()));
    equal(client.newBatchOperationSearchRequest()
        .filter(filter -> filter.batchOperationKey(created.getBatchOperationKey())).send().join().items().size(), 1);
    final var items = client.newBatchOperationItemsSearchRequest()
        .filter(filter -> filter.batchOperationKey(created.getBatchOperationKey())).send().join().items();
    equal(items.size(), 5);
    equal(client.newProcessInstanceSearchRequest()
        .filter(filter -> filter.batchOperationKey(created.getBatchOperationKey())).send().join().items().size(), 5);
    for (final var item : items) equal(stateOf(item.getProcessInstanceKey()), "TERMINATED");
    refused(404, "not found", () -> client.newBatchOperationGetRequest("123").send().join());
    thrown(() -> client.newCancelBatchOperationCommand(created.getBatchOperationKey()).send().join());
  }

  private void changesMany() throws Exception {
    final String id = fresh("two");
    deploy(Bpmn.createExecutableProcess(id).startEvent().userTask("a").userTask("b").endEvent().done());
    final long one = start(id);
    final long two = start(id);
    done(client.newCreateBatchOperationCommand().modifyProcessInstance().addMoveInstruction("a", "b")
        .filter(filter -> filter.processDefinitionId(id)).send().join().getBatchOperationKey());
    for (final long key : List.of(one, two)) elementInstance(key, "b");
    final long newer = deploy(Bpmn.createExecutableProcess(id).startEvent().userTask("c").endEvent().done());
    done(client.newCreateBatchOperationCommand().migrateProcessInstance().targetProcessDefinitionKey(newer)
        .addMappingInstruction("b", "c").filter(filter -> filter.processInstanceKey(key -> key.in(one, two))).send()
        .join().getBatchOperationKey());
    equal(client.newProcessInstanceGetRequest(one).send().join().getProcessDefinitionVersion(), 2);
    final String chooser = chooser();
    final long stuck = start(chooser, Map.of("x", "none"));
    client.newSetVariablesCommand(stuck).variables(Map.of("x", 11)).send().join();
    done(client.newCreateBatchOperationCommand().resolveIncident()
        .filter(filter -> filter.processDefinitionId(chooser)).send().join().getBatchOperationKey());
    ends(stuck);
  }

  /** Has an incident unless `x` is a number above 10. */
  private String chooser() {
    final String id = fresh("chooser");
    deploy(Bpmn.createExecutableProcess(id).startEvent().exclusiveGateway("choose").conditionExpression("x > 10")
        .endEvent().done());
    return id;
  }

  private void deletesHistory() throws Exception {
    final String id = fresh("forget");
    deploy(Bpmn.createExecutableProcess(id).startEvent().endEvent().done());
    final long one = start(id);
    start(id);
    ends(one);
    client.newDeleteProcessInstanceCommand(one).send().join();
    until("its end", () -> client.newProcessInstanceSearchRequest()
        .filter(filter -> filter.processDefinitionId(id)).send().join().items().size() == 1);
    done(client.newCreateBatchOperationCommand().deleteProcessInstance()
        .filter(filter -> filter.processDefinitionId(id)).send().join().getBatchOperationKey());
    equal(client.newProcessInstanceSearchRequest().filter(filter -> filter.processDefinitionId(id)).send().join()
        .items().size(), 0);
  }

  private void resolvesAll() throws Exception {
    final long stuck = start(chooser(), Map.of("x", "none"));
    client.newSetVariablesCommand(stuck).variables(Map.of("x", 11)).send().join();
    client.newResolveProcessInstanceIncidentsCommand(stuck).send().join();
    ends(stuck);
  }

  private void documents() throws Exception {
    final var stored = client.newCreateDocumentCommand().content("hello").fileName("greeting.txt")
        .contentType("text/plain").customMetadata("colour", "red").timeToLive(Duration.ofHours(1)).send().join();
    equal(stored.getMetadata().getFileName(), "greeting.txt");
    equal(stored.getMetadata().getContentType(), "text/plain");
    equal(stored.getMetadata().getSize(), 5L);
    equal(stored.getMetadata().getCustomProperties(), Map.of("colour", "red"));
    try (InputStream content = client.newDocumentContentGetRequest(stored).send().join()) {
      equal(new String(content.readAllBytes(), StandardCharsets.UTF_8), "hello");
    }
    final String id = fresh("document");
    final var nameless =
        client.newCreateDocumentCommand().content(new byte[] {0, 1, (byte) 255}).documentId(id).send().join();
    equal(nameless.getDocumentId(), id);
    try (InputStream content = client.newDocumentContentGetRequest(nameless).send().join()) {
      equal(java.util.Arrays.toString(content.readAllBytes()), "[0, 1, -1]");
    }
    refused(409, "Document with id '" + id + "' already exists", () -> client.newCreateDocumentCommand().content("again").documentId(id).send().join());
    client.newDeleteDocumentCommand(stored).send().join();
    refused(404, stored.getDocumentId(), () -> client.newDeleteDocumentCommand(stored).send().join());
    refused(400, "Document store with id 'nowhere' does not exist",
        () -> client.newCreateDocumentCommand().content("x").storeId("nowhere").send().join());
    thrown(() -> client.newDocumentContentGetRequest(stored).send().join());
  }

  private void manyDocuments() {
    final String type = deployJob(fresh("with-documents"));
    final var stored = client.newCreateDocumentBatchCommand().addDocument().content("one").fileName("one.txt").done()
        .addDocument().content("two").fileName("two.txt").done().send().join();
    equal(stored.isSuccessful(), true);
    equal(stored.getCreatedDocuments().size(), 2);
    start(type, Map.of("files", stored.getCreatedDocuments()));
    final var got = take(type).getDocumentReferences("files");
    equal(got.stream().map(one -> one.getMetadata().getFileName()).toList(), List.of("one.txt", "two.txt"));
    equal(got.get(0).getDocumentId(), stored.getCreatedDocuments().get(0).getDocumentId());
  }

  private void clusterVariables() {
    final String name = fresh("cluster").replace('-', '_');
    client.newGloballyScopedClusterVariableCreateRequest().create(name, Map.of("a", 1)).send().join();
    refused(409, name, () -> client.newGloballyScopedClusterVariableCreateRequest().create(name, 1).send().join());
    equal(client.newGloballyScopedClusterVariableGetRequest().withName(name).send().join().getValue(), "{\"a\":1}");
    client.newGloballyScopedClusterVariableUpdateRequest().update(name, 2).send().join();
    equal(client.newClusterVariableSearchRequest().filter(filter -> filter.name(name)).send().join().singleItem()
        .getValue(), "2");
    final var evaluated = client.newEvaluateExpressionCommand().expression("=camunda.vars.cluster." + name + " + 1")
        .send().join();
    equal(evaluated.getResult(), 3);
    client.newGloballyScopedClusterVariableDeleteRequest().delete(name).send().join();
    refused(404, name, () -> client.newGloballyScopedClusterVariableGetRequest().withName(name).send().join());
  }

  private void expressions() {
    final var sum = client.newEvaluateExpressionCommand().expression("=a + b").variables(Map.of("a", 1, "b", 2)).send()
        .join();
    equal(sum.getResult(), 3);
    equal(sum.getExpression(), "=a + b");
    equal(sum.getWarnings().size(), 0);
    final var nothing = client.newEvaluateExpressionCommand().expression("=absent").send().join();
    equal(nothing.getResult(), null);
    equal(nothing.getWarnings().size(), 1);
    refused(400, "", () -> client.newEvaluateExpressionCommand().expression("=1 +").send().join());
  }

  private void adHoc() throws Exception {
    final String id = fresh("ad-hoc");
    deployText("""
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
          <process id="%s" isExecutable="true"><startEvent id="s"><outgoing>f</outgoing></startEvent>
            <sequenceFlow id="f" sourceRef="s" targetRef="choice"/>
            <adHocSubProcess id="choice"><incoming>f</incoming><userTask id="a"/><userTask id="b"/></adHocSubProcess>
          </process></definitions>""".formatted(id), id + ".bpmn");
    final long instance = start(id);
    final long scope = elementInstance(instance, "choice");
    client.newActivateAdHocSubProcessActivitiesCommand(String.valueOf(scope)).activateElement("b").send().join();
    elementInstance(instance, "b");
    refused(404, "nowhere", () -> client.newActivateAdHocSubProcessActivitiesCommand(String.valueOf(scope))
        .activateElement("nowhere").send().join());
  }

  private void topology() {
    final var topology = client.newTopologyRequest().send().join();
    equal(topology.getClusterSize(), 1);
    equal(topology.getReplicationFactor(), 1);
    equal(topology.getBrokers().get(0).getPartitions().get(0).isLeader(), true);
    equal(topology.getBrokers().get(0).getPartitions().get(0).getHealth().name(), "HEALTHY");
    isTrue(topology.getGatewayVersion(), topology.getGatewayVersion().startsWith("8."));
    equal(client.newStatusRequest().send().join().getStatus().name(), "UP");
  }
}
