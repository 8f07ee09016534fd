package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.search.enums.JobKind;
import io.camunda.client.api.search.enums.JobState;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Jobs that are asked for, and what becomes of them. */
final class CamundaJobs extends CamundaTopic {
  CamundaJobs(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("gets all there is to know of a job", this::knowsJobs);
    it("gets as many jobs as it asks for, with the variables it asks for", this::limits);
    it("gets more jobs than one message can hold", this::largeJobs);
    it("gets no job within its time", this::noJobs);
    it("waits for a job; who gave up gets none", this::waits);
    it("gets a job again when its time is over", this::timesOut);
    it("completes jobs without variables, with null, with JSON and with one", this::completes);
    it("is refused variables that no job can take", this::refusesVariables);
    it("is refused what it does to a job that is done", this::refusesDone);
    it("fails a job with retries, message, variables and a delay", this::fails);
    it("throws an error with variables, and one that nobody catches", this::throwsErrors);
    it("changes retries and time", this::updates);
  }

  private void knowsJobs() {
    final String type = fresh("known");
    final long definition = deploy(Bpmn.createExecutableProcess(type).startEvent()
        .serviceTask("task", task -> task.zeebeJobType(type).zeebeJobRetries("5").zeebeTaskHeader("x", "1")
            .zeebeTaskHeader("y", "2").zeebeInput("Hello\nWorld", "newline").zeebeInput("Hello\tWorld", "tab")
            .zeebeInput("say \"hi\" \\ you", "quotes"))
        .done());
    final long instance = start(type, Map.of("a", 1));
    final long before = System.currentTimeMillis();
    final var job = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).timeout(Duration.ofSeconds(50))
        .workerName("me").send().join().getJobs().get(0);
    equal(job.getType(), type);
    equal(job.getRetries(), 5);
    equal(job.getWorker(), "me");
    isTrue("the deadline is near " + (before + 50_000) + ": " + job.getDeadline(),
        Math.abs(job.getDeadline() - before - 50_000) < 10_000);
    equal(job.getProcessDefinitionKey(), definition);
    equal(job.getProcessDefinitionVersion(), 1);
    equal(job.getBpmnProcessId(), type);
    equal(job.getProcessInstanceKey(), instance);
    if (rest) equal(job.getRootProcessInstanceKey(), instance);
    equal(job.getElementId(), "task");
    equal(job.getElementInstanceKey(), elementInstance(instance, "task"));
    equal(job.getCustomHeaders(), Map.of("x", "1", "y", "2"));
    equal(job.getVariablesAsMap(),
        Map.of("a", 1, "newline", "Hello\nWorld", "tab", "Hello\tWorld", "quotes", "say \"hi\" \\ you"));
    equal(job.getTenantId(), "<default>");
    equal(job.getKind(), JobKind.BPMN_ELEMENT);
    equal(job.getUserTask(), null);
    equal(job.getTags(), Set.of());
  }

  private void limits() {
    final String type = deployJob(fresh("limit"));
    for (int n = 0; n < 3; n++) start(type, Map.of("n", n, "more", true));
    final var two = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(2).fetchVariables("n").send().join()
        .getJobs();
    equal(two.stream().map(job -> job.getVariablesAsMap()).toList(),
        java.util.List.of(Map.of("n", 0), Map.of("n", 1)));
    equal(jobs(type, 10).size(), 1);
  }

  private void largeJobs() {
    final String type = deployJob(fresh("heavy"));
    final String large = "x".repeat(1_000_000);
    for (int n = 0; n < 6; n++) start(type, Map.of("large", large));
    equal(jobs(type, 6).size(), 6);
  }

  private void noJobs() {
    final long before = System.nanoTime();
    final var none = client.newActivateJobsCommand().jobType(fresh("none")).maxJobsToActivate(1)
        .requestTimeout(Duration.ofMillis(300)).send().join().getJobs();
    equal(none.size(), 0);
    final long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
    isTrue("it took about 300 ms: " + took, took >= 290 && took < 5_000);
  }

  private void waits() throws Exception {
    final String type = deployJob(fresh("waits"));
    // Over REST, a request that is cancelled stays open until its client is closed.
    for (int n = 0; n < (rest ? 1 : 3); n++) {
      try (CamundaClient other = CamundaOver.open(rest)) {
        other.newTopologyRequest().send().join();
        final var gone = other.newActivateJobsCommand().jobType(type).maxJobsToActivate(5).workerName("gone")
            .requestTimeout(LIMIT).send();
        if (!rest) gone.cancel(true);
      }
    }
    final var open = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(5).workerName("open")
        .requestTimeout(LIMIT).send();
    start(type);
    final var found = open.join().getJobs();
    equal(found.stream().map(job -> job.getWorker()).toList(), java.util.List.of("open"));
  }

  private void timesOut() throws Exception {
    final String type = waitingJob("late");
    final var first = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).workerName("first")
        .timeout(Duration.ofMillis(100)).send().join().getJobs().get(0);
    final var second = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).workerName("second")
        .timeout(LIMIT).requestTimeout(LIMIT).send().join().getJobs().get(0);
    equal(second.getKey(), first.getKey());
    equal(second.getWorker(), "second");
    equal(second.getRetries(), first.getRetries());
    client.newCompleteCommand(first).send().join();
    ends(first.getProcessInstanceKey());
  }

  private void completes() throws Exception {
    final String type = deployJob(fresh("done"));
    for (int n = 0; n < 4; n++) start(type);
    final var jobs = jobs(type, 4).stream().collect(Collectors.toList());
    client.newCompleteCommand(jobs.get(0)).send().join();
    client.newCompleteCommand(jobs.get(1)).variables("null").send().join();
    client.newCompleteCommand(jobs.get(2)).variables("{\"foo\":\"bar\",\"deep\":{\"a\":[1,null]}}").send().join();
    client.newCompleteCommand(jobs.get(3).getKey()).variable("key", "value").send().join();
    for (final var job : jobs) ends(job.getProcessInstanceKey());
    equal(variables(jobs.get(0).getProcessInstanceKey()), Map.of());
    equal(variables(jobs.get(1).getProcessInstanceKey()), Map.of());
    equal(variables(jobs.get(2).getProcessInstanceKey()), Map.of("foo", "\"bar\"", "deep", "{\"a\":[1,null]}"));
    equal(variables(jobs.get(3).getProcessInstanceKey()), Map.of("key", "\"value\""));
  }

  private void refusesVariables() {
    final var job = take(waitingJob("odd"));
    refused(400,
        rest
            ? "Failed to deserialize json '[]' to 'Map<String, Object>'"
            : "Property 'variables' is invalid: Expected document to be a root level object, but was 'ARRAY'",
        () -> client.newCompleteCommand(job).variables("[]").send().join());
    final String large = "x".repeat(5_000_000);
    thrown(() -> client.newCompleteCommand(job).variables(Map.of("large", large)).send().join());
    client.newCompleteCommand(job).variables(Map.of("long", BigInteger.TWO.pow(63).subtract(BigInteger.ONE))).send()
        .join();
    equal(variables(job.getProcessInstanceKey()), Map.of("long", "9223372036854775807"));
  }

  private void refusesDone() {
    final long key = take(waitingJob("twice")).getKey();
    client.newCompleteCommand(key).send().join();
    final String none = " with key '" + key + "', but no such job was found";
    refused(404, "Expected to complete job" + none, () -> client.newCompleteCommand(key).send().join());
    refused(404, "Expected to fail job" + none, () -> client.newFailCommand(key).retries(1).send().join());
    refused(404, "Expected to throw an error for job" + none,
        () -> client.newThrowErrorCommand(key).errorCode("x").send().join());
    refused(404, "Expected to update job" + none, () -> client.newUpdateRetriesCommand(key).retries(1).send().join());
    refused(404, "Expected to update job" + none,
        () -> client.newUpdateTimeoutCommand(key).timeout(LIMIT).send().join());
    refused(404, "Expected to resolve incident with key '" + key + "', but no such incident was found",
        () -> client.newResolveIncidentCommand(key).send().join());
  }

  private void fails() throws Exception {
    final String type = waitingJob("fails");
    final var first = take(type);
    client.newFailCommand(first).retries(2).send().join();
    final var second = take(type);
    equal(second.getKey(), first.getKey());
    equal(second.getRetries(), 2);
    client.newFailCommand(second).retries(1).errorMessage("again").variables(Map.of("tries", 2))
        .retryBackoff(Duration.ofMillis(400)).send().join();
    final var waiting = client.newJobSearchRequest().filter(filter -> filter.jobKey(first.getKey())).send().join()
        .singleItem();
    equal(waiting.getState(), JobState.FAILED);
    equal(waiting.getErrorMessage(), "again");
    equal(waiting.hasFailedWithRetriesLeft(), true);
    final var third = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).timeout(LIMIT)
        .requestTimeout(LIMIT).send().join().getJobs().get(0);
    equal(third.getVariablesAsMap(), Map.of("tries", 2));
    client.newFailCommand(third).retries(0).errorMessage("no more").send().join();
    final var incident = client.newIncidentSearchRequest()
        .filter(filter -> filter.processInstanceKey(third.getProcessInstanceKey())).send().join().singleItem();
    equal(incident.getErrorMessage(), "no more");
    equal(incident.getErrorType().name(), "JOB_NO_RETRIES");
    equal(incident.getJobKey(), first.getKey());
    refused(404,
        "Expected to resolve incident with key '" + incident.getIncidentKey() + "', but job with key '" + third.getKey()
            + "' has no retries left",
        () -> client.newResolveIncidentCommand(incident.getIncidentKey()).send().join());
  }

  private void throwsErrors() throws Exception {
    final String type = fresh("throws");
    deploy(Bpmn.createExecutableProcess(type).startEvent().serviceTask("task", task -> task.zeebeJobType(type))
        .boundaryEvent("caught", event -> event.error("known")).zeebeOutputExpression("height", "fell")
        .endEvent().moveToActivity("task").endEvent().done());
    final long caught = start(type);
    client.newThrowErrorCommand(take(type)).errorCode("known").errorMessage("fell").variables(Map.of("height", 3))
        .send().join();
    ends(caught);
    final var left = new TreeMap<>(variables(caught));
    equal(left.get("fell"), "3");
    final long instance = start(type);
    client.newThrowErrorCommand(take(type).getKey()).errorCode("unknown").errorMessage("nobody cares").send().join();
    final var incident = client.newIncidentSearchRequest().filter(filter -> filter.processInstanceKey(instance)).send()
        .join().singleItem();
    equal(incident.getErrorType().name(), "UNHANDLED_ERROR_EVENT");
    isTrue(incident.getErrorMessage(), incident.getErrorMessage().contains("unknown"));
  }

  private void updates() throws Exception {
    final var job = take(waitingJob("update"));
    client.newUpdateRetriesCommand(job).retries(10).send().join();
    client.newUpdateTimeoutCommand(job).timeout(Duration.ofMinutes(15)).send().join();
    final var longer = client.newJobSearchRequest().filter(filter -> filter.jobKey(job.getKey())).send().join()
        .singleItem();
    equal(longer.getRetries(), 10);
    isTrue("the deadline is later", longer.getDeadline().toInstant().toEpochMilli() > job.getDeadline());
    client.newUpdateJobCommand(job).update(3, 1_000L).send().join();
    final var shorter = client.newJobSearchRequest().filter(filter -> filter.jobKey(job.getKey())).send().join()
        .singleItem();
    equal(shorter.getRetries(), 3);
    isTrue("the deadline is earlier", shorter.getDeadline().toInstant().toEpochMilli() < job.getDeadline());
    client.newUpdateJobCommand(job).updateTimeout(Duration.ofMinutes(2)).send().join();
    refused(400, "At least one of [retries, timeout] is required",
        () -> client.newUpdateJobCommand(job).update(null, null).send().join());
    refused(400, "positive amount of retries, but the amount given was '0'",
        () -> client.newUpdateRetriesCommand(job).retries(0).send().join());
  }
}
