package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ProblemException;
import io.camunda.client.api.response.ActivatedJob;
import io.camunda.client.api.search.enums.UserTaskState;
import io.camunda.client.api.search.response.UserTask;
import io.camunda.client.api.worker.JobWorker;
import io.camunda.zeebe.model.bpmn.Bpmn;
import io.camunda.zeebe.model.bpmn.builder.UserTaskBuilder;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** User tasks and their listeners; their commands are REST only. */
final class CamundaUserTasks extends CamundaTopic {
  CamundaUserTasks(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("assigns a user task, again only if it may, and unassigns it", this::assigns);
    it("changes what a user task says, and clears it", this::updates);
    it("is refused changes of a user task that say nothing or no date", this::refusesUpdates);
    it("completes a user task with variables and an action, once", this::completes);
    it("finds user tasks by what they say and by variables", this::finds);
    it("gets the form and the variables of a user task", this::formsAndVariables);
    it("waits for the listeners of a user task, which correct or deny", this::listens);
  }

  private UserTask task(final Consumer<UserTaskBuilder> more, final Map<String, Object> variables) {
    final String id = fresh("user");
    deploy(Bpmn.createExecutableProcess(id).startEvent().userTask("task", task -> {
      task.zeebeUserTask().name("Look at it");
      more.accept(task);
    }).endEvent().done());
    final long instance = start(id, variables);
    return client.newUserTaskSearchRequest().filter(filter -> filter.processInstanceKey(instance)).send().join()
        .singleItem();
  }

  private UserTask task() {
    return task(task -> {}, Map.of());
  }

  private UserTask read(final UserTask task) {
    return client.newUserTaskGetRequest(task.getUserTaskKey()).send().join();
  }

  private void assigns() {
    final var task = task();
    final long key = task.getUserTaskKey();
    equal(task.getState(), UserTaskState.CREATED);
    equal(task.getName(), "Look at it");
    equal(task.getAssignee(), null);
    client.newAssignUserTaskCommand(key).assignee("barbara").action("claim").send().join();
    equal(read(task).getAssignee(), "barbara");
    refused(409, "Expected to claim user task with key '" + key + "', but it has already been assigned",
        () -> client.newAssignUserTaskCommand(key).assignee("john").allowOverride(false).send().join());
    client.newAssignUserTaskCommand(key).assignee("john").send().join();
    equal(read(task).getAssignee(), "john");
    client.newUnassignUserTaskCommand(key).send().join();
    equal(read(task).getAssignee(), null);
    refused(400, "No assignee provided", () -> client.newAssignUserTaskCommand(key).send().join());
    refused(404, "Expected to assign user task with key '123', but no such user task was found",
        () -> client.newAssignUserTaskCommand(123).assignee("x").send().join());
  }

  private void updates() {
    final var task = task();
    final var date = OffsetDateTime.parse("2031-11-11T11:11:11Z");
    client.newUpdateUserTaskCommand(task.getUserTaskKey()).dueDate(date).followUpDate(date.plusDays(1))
        .candidateGroups("a", "b").candidateUsers(List.of("c")).priority(80).action("plan").send().join();
    final var changed = read(task);
    equal(changed.getDueDate().toInstant(), date.toInstant());
    equal(changed.getFollowUpDate().toInstant(), date.plusDays(1).toInstant());
    equal(changed.getCandidateGroups(), List.of("a", "b"));
    equal(changed.getCandidateUsers(), List.of("c"));
    equal(changed.getPriority(), 80);
    client.newUpdateUserTaskCommand(task.getUserTaskKey()).clearDueDate().clearFollowUpDate().clearCandidateGroups()
        .clearCandidateUsers().send().join();
    final var cleared = read(task);
    equal(cleared.getDueDate(), null);
    equal(cleared.getFollowUpDate(), null);
    equal(cleared.getCandidateGroups(), List.of());
    equal(cleared.getCandidateUsers(), List.of());
    equal(cleared.getPriority(), 80);
    client.newUpdateUserTaskCommand(task.getUserTaskKey()).action("only").send().join();
  }

  private void refusesUpdates() {
    final long key = task().getUserTaskKey();
    refused(400, "No update data provided", () -> client.newUpdateUserTaskCommand(key).send().join());
    final Throwable both =
        thrown(() -> client.newUpdateUserTaskCommand(key).dueDate("bar").followUpDate("foo").send().join());
    isTrue(both.getMessage(), both.getMessage().contains("The provided due date 'bar' cannot be parsed as a date"));
    isTrue(both.getMessage(), both.getMessage().contains("The provided follow-up date 'foo' cannot be parsed as a date"));
    refused(400, "priority", () -> client.newUpdateUserTaskCommand(key).priority(101).send().join());
    refused(404, "no such user task was found",
        () -> client.newUpdateUserTaskCommand(123).priority(1).send().join());
  }

  private void completes() throws Exception {
    final var task = task();
    client.newCompleteUserTaskCommand(task.getUserTaskKey()).action("sign").variables(Map.of("signed", true)).send()
        .join();
    ends(task.getProcessInstanceKey());
    equal(variables(task.getProcessInstanceKey()), Map.of("signed", "true"));
    equal(read(task).getState(), UserTaskState.COMPLETED);
    isTrue("it has a date", read(task).getCompletionDate() != null);
    refused(404,
        "Expected to complete user task with key '" + task.getUserTaskKey() + "', but no such user task was found",
        () -> client.newCompleteUserTaskCommand(task.getUserTaskKey()).send().join());
  }

  private void finds() {
    final String group = fresh("group");
    final var one = task(task -> task.zeebeCandidateGroups(group).zeebeCandidateUsers("ann, bob").zeebeAssignee("ann")
        .zeebeTaskPriority("20").zeebeDueDate("2030-01-01T00:00:00Z"), Map.of("size", 3, "colour", "red"));
    final var two = task(task -> task.zeebeCandidateGroups(group).zeebeTaskPriority("90"), Map.of("size", 4));
    final var all = client.newUserTaskSearchRequest().filter(filter -> filter.candidateGroup(group))
        .sort(sort -> sort.priority().desc()).send().join();
    equal(all.items().stream().map(UserTask::getUserTaskKey).toList(),
        List.of(two.getUserTaskKey(), one.getUserTaskKey()));
    equal(all.page().totalItems(), 2L);
    equal(keys(filter -> filter.candidateGroup(group).candidateUser("bob")), Set.of(one.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group).assignee(name -> name.like("a*"))), Set.of(one.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group).assignee(name -> name.exists(false))),
        Set.of(two.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group).priority(priority -> priority.gt(50).lte(90))),
        Set.of(two.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group).processInstanceVariables(Map.of("size", 3))),
        Set.of(one.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group)
        .processInstanceVariables(List.of(value -> value.name("size").value(number -> number.in("3", "4")),
            value -> value.name("colour").value("\"red\"")))), Set.of(one.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group)
        .dueDate(date -> date.lt(OffsetDateTime.parse("2030-01-02T00:00:00Z")))), Set.of(one.getUserTaskKey()));
    equal(keys(filter -> filter.candidateGroup(group).state(state -> state.in(UserTaskState.COMPLETED))), Set.of());
    equal(keys(filter -> filter.candidateGroup(group).name("Look at it").elementId("task")).size(), 2);
  }

  private Set<Long> keys(final Consumer<io.camunda.client.api.search.filter.UserTaskFilter> filter) {
    return client.newUserTaskSearchRequest().filter(filter).send().join().items().stream()
        .map(UserTask::getUserTaskKey).collect(java.util.stream.Collectors.toSet());
  }

  private void formsAndVariables() {
    final String form = fresh("task-form");
    deployText(CamundaResources.form(form), form + ".form");
    final var task = task(one -> one.zeebeFormId(form).zeebeInputExpression("size + 1", "size"),
        Map.of("size", 3, "colour", "red"));
    final var read = client.newUserTaskGetFormRequest(task.getUserTaskKey()).send().join();
    equal(read.getFormId(), form);
    equal(read.getVersion(), 1L);
    isTrue("it has a schema", String.valueOf(read.getSchema()).contains("components"));
    final var seen = client.newUserTaskEffectiveVariableSearchRequest(task.getUserTaskKey()).send().join().items()
        .stream().map(one -> one.getName() + "=" + one.getValue()).sorted().toList();
    equal(seen, List.of("colour=\"red\"", "size=4"));
    final var all = client.newUserTaskVariableSearchRequest(task.getUserTaskKey())
        .filter(filter -> filter.name("size")).send().join().items().stream().map(one -> one.getValue()).sorted()
        .toList();
    equal(all, List.of("3", "4"));
  }

  private void listens() throws Exception {
    final String type = fresh("task-listener");
    final var denies = new CopyOnWriteArrayList<Boolean>(List.of(true));
    final var seen = new CopyOnWriteArrayList<ActivatedJob>();
    try (JobWorker worker = client.newWorker().jobType(type).handler((jobs, job) -> {
      seen.add(job);
      if (job.getListenerEventType().name().equals("ASSIGNING"))
        jobs.newCompleteCommand(job).withResult(result -> result.forUserTask().correctAssignee("corrected")
            .correctPriority(77)).send().join();
      else
        jobs.newCompleteCommand(job).withResult(result -> result.forUserTask().deny(denies.remove(0), "not yet"))
            .send().join();
    }).pollInterval(Duration.ofMillis(30)).open()) {
      denies.add(false);
      final var task = task(one -> one.zeebeTaskListener(l -> l.assigning().type(type))
          .zeebeTaskListener(l -> l.completing().type(type)), Map.of());
      final long key = task.getUserTaskKey();
      client.newAssignUserTaskCommand(key).assignee("wrong").send().join();
      equal(read(task).getAssignee(), "corrected");
      equal(read(task).getPriority(), 77);
      final Throwable error = thrown(() -> client.newCompleteUserTaskCommand(key).send().join());
      final var problem = ((ProblemException) error).details();
      equal(problem.getTitle(), "INVALID_STATE");
      equal(problem.getStatus(), 409);
      equal(problem.getDetail(), "Command 'COMPLETE' rejected with code 'INVALID_STATE': Completion of the User Task with"
          + " key '" + key + "' was denied by Task Listener. Reason to deny: 'not yet'");
      client.newCompleteUserTaskCommand(key).send().join();
      ends(task.getProcessInstanceKey());
      equal(seen.get(0).getUserTask().getUserTaskKey(), key);
      equal(seen.get(0).getUserTask().getAssignee(), "wrong");
    }
  }
}
