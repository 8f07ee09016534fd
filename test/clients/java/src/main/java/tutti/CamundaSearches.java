package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.search.enums.ElementInstanceState;
import io.camunda.client.api.search.enums.ElementInstanceType;
import io.camunda.client.api.search.enums.IncidentErrorType;
import io.camunda.client.api.search.enums.JobState;
import io.camunda.client.api.search.enums.MessageSubscriptionState;
import io.camunda.client.api.search.enums.ProcessInstanceState;
import io.camunda.client.api.search.filter.ProcessInstanceFilter;
import io.camunda.client.api.search.response.ProcessInstance;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is asked of the read model: filters, order, pages, statistics. REST only. */
final class CamundaSearches extends CamundaTopic {
  CamundaSearches(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("finds instances by each kind of filter", this::filtersInstances);
    it("finds instances by their variables, and by any of several filters", this::filtersVariables);
    it("goes through pages by number and by cursor, forwards and backwards", this::pages);
    it("finds the elements and flows of an instance, and counts them", this::elements);
    it("finds a call's hierarchy, and its instances from both ends", this::calls);
    it("finds definitions by version, and counts their instances", this::definitions);
    it("finds incidents, and counts them by error", this::incidents);
    it("finds jobs and message subscriptions", this::jobsAndSubscriptions);
    it("gets variables in full which a search cuts off", this::longVariables);
    it("finds decisions, their evaluations and what they were given", this::decisions);
    it("is told what is not there, and what is no filter", this::nothingThere);
  }

  private Set<Long> instances(final Consumer<ProcessInstanceFilter> filter) {
    return client.newProcessInstanceSearchRequest().filter(filter).send().join().items().stream()
        .map(ProcessInstance::getProcessInstanceKey).collect(Collectors.toSet());
  }

  private void filtersInstances() {
    final String id = deployJob(fresh("find"));
    final var before = OffsetDateTime.now().minusMinutes(1);
    final long one = start(id);
    final long two = start(id);
    client.newCancelInstanceCommand(two).send().join();
    final var ended = client.newProcessInstanceGetRequest(two).send().join();
    equal(ended.getState(), ProcessInstanceState.TERMINATED);
    isTrue("it has an end", !ended.getEndDate().isBefore(ended.getStartDate()));
    equal(ended.getTenantId(), "<default>");
    equal(ended.getParentProcessInstanceKey(), null);
    equal(ended.getHasIncident(), false);
    equal(instances(filter -> filter.processDefinitionId(id)), Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(id).state(ProcessInstanceState.ACTIVE)), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id).state(s -> s.neq(ProcessInstanceState.ACTIVE))), Set.of(two));
    equal(instances(filter -> filter.processInstanceKey(key -> key.in(one, two, 3L))), Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(id).processInstanceKey(key -> key.notIn(one))), Set.of(two));
    equal(instances(filter -> filter.processDefinitionId(name -> name.like("*" + id.substring(2)))), Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(name -> name.like(id.substring(0, id.length() - 1) + "?"))
        .processInstanceKey(one)), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id).endDate(date -> date.exists(false))), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id)
        .startDate(date -> date.gt(before).lt(OffsetDateTime.now().plusMinutes(1)))), Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(id).startDate(date -> date.lt(before))), Set.of());
    equal(instances(filter -> filter.processDefinitionId(id).elementId("task")
        .elementInstanceState(ElementInstanceState.ACTIVE)), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id).parentProcessInstanceKey(key -> key.exists(true))), Set.of());
    equal(instances(filter -> filter.processDefinitionId(id).processDefinitionVersion(v -> v.gte(1).lt(2))),
        Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(id).hasRetriesLeft(true)), Set.of());
  }

  private void filtersVariables() {
    final String id = deployJob(fresh("values"));
    final long one = start(id, Map.of("n", 1, "text", "a\"b", "list", List.of(1, 2)));
    final long two = start(id, Map.of("n", 2, "text", "other"));
    equal(instances(filter -> filter.processDefinitionId(id).variables(Map.of("n", 1))), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id).variables(Map.of("text", "\"a\\\"b\"", "n", 1))), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id).variables(Map.of("text", "\"a\\\"b\"", "n", 2))), Set.of());
    equal(instances(filter -> filter.processDefinitionId(id)
        .variables(List.of(value -> value.name("text").value(text -> text.like("*othe*"))))), Set.of(two));
    equal(instances(filter -> filter.processDefinitionId(id)
        .variables(List.of(value -> value.name("list").value(text -> text.exists(true))))), Set.of(one));
    equal(instances(filter -> filter.processDefinitionId(id)
        .orFilters(List.of(or -> or.variables(Map.of("n", 1)), or -> or.processInstanceKey(two)))), Set.of(one, two));
    equal(instances(filter -> filter.processDefinitionId(id)
        .orFilters(List.of(or -> or.variables(Map.of("n", 3)), or -> or.processInstanceKey(two)))), Set.of(two));
    final var values = client.newVariableSearchRequest()
        .filter(filter -> filter.processInstanceKey(key -> key.in(one, two)).name(name -> name.in("n", "list")))
        .sort(sort -> sort.name().asc().value().desc()).send().join().items().stream()
        .map(found -> found.getName() + "=" + found.getValue()).toList();
    equal(values, List.of("list=[1,2]", "n=2", "n=1"));
  }

  private void pages() {
    final String id = deployJob(fresh("page"));
    final var all = new ArrayList<Long>();
    for (int n = 0; n < 7; n++) all.add(start(id));
    final var request = client.newProcessInstanceSearchRequest().filter(filter -> filter.processDefinitionId(id))
        .sort(sort -> sort.processInstanceKey().asc());
    final var first = request.page(page -> page.limit(3)).send().join();
    equal(first.page().totalItems(), 7L);
    equal(first.page().hasMoreTotalItems(), false);
    equal(keysOf(first.items()), all.subList(0, 3));
    final var second = request.page(page -> page.limit(3).after(first.page().endCursor())).send().join();
    equal(keysOf(second.items()), all.subList(3, 6));
    final var third = request.page(page -> page.limit(3).after(second.page().endCursor())).send().join();
    equal(keysOf(third.items()), all.subList(6, 7));
    final var back = request.page(page -> page.limit(3).before(third.page().startCursor())).send().join();
    equal(keysOf(back.items()), all.subList(3, 6));
    equal(keysOf(request.page(page -> page.from(5).limit(10)).send().join().items()), all.subList(5, 7));
    equal(keysOf(client.newProcessInstanceSearchRequest().filter(filter -> filter.processDefinitionId(id))
        .sort(sort -> sort.state().asc().processInstanceKey().desc()).page(page -> page.limit(2)).send().join().items()),
        List.of(all.get(6), all.get(5)));
    refused(400, "cursor", () -> request.page(page -> page.after("what")).send().join());
  }

  private static List<Long> keysOf(final List<ProcessInstance> found) {
    return found.stream().map(ProcessInstance::getProcessInstanceKey).toList();
  }

  private void elements() throws Exception {
    final String id = fresh("elements");
    final long definition = deploy(Bpmn.createExecutableProcess(id).startEvent("start").name("Begin")
        .sequenceFlowId("to-wait").serviceTask("wait", task -> task.zeebeJobType(id)).sequenceFlowId("to-end")
        .endEvent("end").done());
    final long done = start(id);
    client.newCompleteCommand(take(id)).send().join();
    ends(done);
    final long open = start(id);
    final var found = client.newElementInstanceSearchRequest().filter(filter -> filter.processInstanceKey(done))
        .sort(sort -> sort.startDate().asc().elementInstanceKey().asc()).send().join().items();
    equal(found.stream().map(one -> one.getElementId() + " " + one.getType() + " " + one.getState()).toList(),
        List.of("start START_EVENT COMPLETED", "wait SERVICE_TASK COMPLETED", "end END_EVENT COMPLETED"));
    equal(found.get(0).getElementName(), "Begin");
    equal(client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processDefinitionKey(definition).type(ElementInstanceType.SERVICE_TASK)
            .state(ElementInstanceState.ACTIVE)).send().join().singleItem().getProcessInstanceKey(), open);
    equal(client.newProcessInstanceSequenceFlowsRequest(done).send().join().stream()
        .map(flow -> flow.getElementId()).collect(Collectors.toSet()), Set.of("to-wait", "to-end"));
    equal(client.newProcessInstanceElementStatisticsRequest(open).send().join().stream()
        .map(one -> one.getElementId() + " " + one.getActive() + " " + one.getCompleted())
        .collect(Collectors.toSet()), Set.of("start 0 1", "wait 1 0"));
    equal(client.newProcessDefinitionElementStatisticsRequest(definition)
        .filter(filter -> filter.state(ProcessInstanceState.COMPLETED)).send().join().stream()
        .map(one -> one.getElementId() + " " + one.getCompleted()).collect(Collectors.toSet()),
        Set.of("start 1", "wait 1", "end 1"));
  }

  private void calls() {
    final String called = deployJob(fresh("called"));
    final String caller = fresh("calls");
    deploy(Bpmn.createExecutableProcess(caller).name("The caller").startEvent()
        .callActivity("call", call -> call.zeebeProcessId(called)).endEvent().done());
    final long root = start(caller);
    final var job = take(called);
    final long child = job.getProcessInstanceKey();
    equal(job.getRootProcessInstanceKey(), root);
    equal(instances(filter -> filter.parentProcessInstanceKey(root)), Set.of(child));
    final var read = client.newProcessInstanceGetRequest(child).send().join();
    equal(read.getRootProcessInstanceKey(), root);
    equal(read.getParentElementInstanceKey(), elementInstance(root, "call"));
    final var path = client.newProcessInstanceGetCallHierarchyRequest(child).send().join();
    equal(path.stream().map(one -> one.getProcessInstanceKey() + " " + one.getProcessDefinitionName()).toList(),
        List.of(root + " The caller", child + " " + called));
  }

  private void definitions() {
    final String id = fresh("versions");
    deploy(Bpmn.createExecutableProcess(id).name("First").versionTag("v1").startEvent().userTask("u").done());
    start(id);
    final long second =
        deploy(Bpmn.createExecutableProcess(id).name("Second").startEvent().userTask("other").done());
    start(id);
    final var all = client.newProcessDefinitionSearchRequest().filter(filter -> filter.processDefinitionId(id))
        .sort(sort -> sort.version().desc()).send().join().items();
    equal(all.stream().map(one -> one.getVersion() + " " + one.getName() + " " + one.getVersionTag()).toList(),
        List.of("2 Second null", "1 First v1"));
    equal(client.newProcessDefinitionSearchRequest()
        .filter(filter -> filter.processDefinitionId(id).isLatestVersion(true)).send().join().singleItem()
        .getProcessDefinitionKey(), second);
    equal(client.newProcessDefinitionSearchRequest().filter(filter -> filter.versionTag("v1").processDefinitionId(id))
        .send().join().singleItem().getVersion(), 1);
    final var counted = client.newProcessDefinitionInstanceStatisticsRequest().page(page -> page.limit(1000)).send()
        .join().items().stream().filter(one -> one.getProcessDefinitionId().equals(id)).findFirst().orElseThrow();
    equal(counted.getHasMultipleVersions(), true);
    equal(counted.getActiveInstancesWithoutIncidentCount(), 2L);
    equal(client.newProcessDefinitionInstanceVersionStatisticsRequest(id).send().join().items().size(), 2);
  }

  private void incidents() {
    final String id = fresh("incident");
    deploy(Bpmn.createExecutableProcess(id).startEvent().exclusiveGateway("choose").conditionExpression("x > 10")
        .endEvent().done());
    final long instance = start(id, Map.of("x", "none"));
    final var incident = client.newIncidentSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).errorType(IncidentErrorType.EXTRACT_VALUE_ERROR)).send()
        .join().singleItem();
    equal(incident.getElementId(), "choose");
    equal(incident.getProcessDefinitionId(), id);
    equal(incident.getJobKey(), null);
    equal(client.newIncidentGetRequest(incident.getIncidentKey()).send().join().getErrorMessage(),
        incident.getErrorMessage());
    equal(instances(filter -> filter.processDefinitionId(id).hasIncident(true)), Set.of(instance));
    equal(instances(filter -> filter.processDefinitionId(id).errorMessage(incident.getErrorMessage())),
        Set.of(instance));
    equal(client.newElementInstanceGetRequest(incident.getElementInstanceKey()).send().join().getIncidentKey(),
        incident.getIncidentKey());
    equal(client.newIncidentsByProcessInstanceSearchRequest(instance).send().join().items().size(), 1);
    final long element = incident.getElementInstanceKey();
    equal(client.newIncidentsByElementInstanceSearchRequest(element).send().join().items().size(), 1);
    final var counted = client.newIncidentProcessInstanceStatisticsByErrorRequest().page(page -> page.limit(1000))
        .send().join().items().stream().filter(one -> one.getErrorMessage().equals(incident.getErrorMessage()))
        .findFirst().orElseThrow();
    isTrue("it counts", counted.getActiveInstancesWithErrorCount() >= 1);
    equal(instances(filter -> filter.processDefinitionId(id)
        .incidentErrorHashCode(counted.getErrorHashCode())), Set.of(instance));
    client.newCancelInstanceCommand(instance).send().join();
    equal(client.newIncidentGetRequest(incident.getIncidentKey()).send().join().getState().name(), "RESOLVED");
  }

  private void jobsAndSubscriptions() {
    final String type = waitingJob("jobs");
    final var job = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).workerName("me").send().join()
        .getJobs().get(0);
    // As in Camunda, searches know the worker from what it did to the job.
    client.newFailCommand(job).retries(3).retryBackoff(LIMIT).send().join();
    final var found = client.newJobSearchRequest()
        .filter(filter -> filter.worker("me").type(type).state(state -> state.in(JobState.FAILED, JobState.COMPLETED)))
        .send().join().singleItem();
    equal(found.getJobKey(), job.getKey());
    equal(found.getProcessInstanceKey(), job.getProcessInstanceKey());
    equal(found.getElementId(), "task");
    equal(found.getRetries(), 3);
    final String name = fresh("waits");
    deploy(Bpmn.createExecutableProcess(name).startEvent()
        .receiveTask("wait", wait -> wait.message(m -> m.name(name).zeebeCorrelationKeyExpression("key"))).done());
    final long instance = start(name, Map.of("key", "k"));
    final var subscription = client.newMessageSubscriptionSearchRequest()
        .filter(filter -> filter.messageName(name).correlationKey("k")
            .messageSubscriptionState(MessageSubscriptionState.CREATED))
        .send().join().singleItem();
    equal(subscription.getProcessInstanceKey(), instance);
    equal(subscription.getElementId(), "wait");
    client.newCorrelateMessageCommand().messageName(name).correlationKey("k").send().join();
    equal(client.newMessageSubscriptionSearchRequest().filter(filter -> filter.messageName(name)).send().join()
        .singleItem().getMessageSubscriptionState(), MessageSubscriptionState.CORRELATED);
  }

  private void longVariables() {
    final long instance = start(deployJob(fresh("long")), Map.of("long", "x".repeat(20_000)));
    final var cut = client.newVariableSearchRequest().filter(filter -> filter.processInstanceKey(instance)).send()
        .join().singleItem();
    equal(cut.isTruncated(), true);
    isTrue("it is cut off", cut.getValue().length() < 20_000);
    equal(client.newVariableGetRequest(cut.getVariableKey()).send().join().getValue().length(), 20_002);
    equal(client.newVariableSearchRequest().filter(filter -> filter.processInstanceKey(instance)).withFullValues()
        .send().join().singleItem().getValue().length(), 20_002);
  }

  private void decisions() {
    final String id = fresh("searched");
    deployText(CamundaResources.decisions(id), id + ".dmn");
    client.newEvaluateDecisionCommand().decisionId(id + "-colour").variables(Map.of("metres", 3)).send().join();
    final var definition = client.newDecisionDefinitionSearchRequest()
        .filter(filter -> filter.decisionDefinitionId(id + "-colour")).send().join().singleItem();
    equal(definition.getDmnDecisionName(), "Which colour");
    equal(client.newDecisionRequirementsSearchRequest()
        .filter(filter -> filter.decisionRequirementsId(id + "-graph")).send().join().singleItem()
        .getDecisionRequirementsKey(), definition.getDecisionRequirementsKey());
    isTrue("it has its XML", client.newDecisionDefinitionGetXmlRequest(definition.getDecisionKey()).send().join()
        .contains(id + "-colour"));
    final var evaluated = client.newDecisionInstanceSearchRequest()
        .filter(filter -> filter.decisionDefinitionId(id + "-colour")).send().join().singleItem();
    equal(evaluated.getResult(), "\"red\"");
    equal(evaluated.getProcessInstanceKey(), -1L);
    equal(evaluated.getEvaluatedInputs(), null);
    final var read = client.newDecisionInstanceGetRequest(evaluated.getDecisionInstanceId()).send().join();
    equal(read.getEvaluatedInputs().get(0).getInputValue(), "\"big\"");
    equal(read.getMatchedRules().get(0).getRuleId(), id + "-one");
  }

  private void nothingThere() {
    refused(404, "not found", () -> client.newProcessInstanceGetRequest(123).send().join());
    refused(404, "not found", () -> client.newUserTaskGetRequest(123).send().join());
    refused(404, "not found", () -> client.newIncidentGetRequest(123).send().join());
    refused(404, "not found", () -> client.newProcessDefinitionGetXmlRequest(123).send().join());
    refused(404, "not found", () -> client.newDecisionInstanceGetRequest("123-1").send().join());
    equal(client.newProcessInstanceSearchRequest().filter(filter -> filter.processInstanceKey(123L)).send().join()
        .items().size(), 0);
  }
}
