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

/** Jobs, streams and workers of Zeebe 8.6. */
final class ZeebeJobs extends ZeebeTopic {
  ZeebeJobs(final ZeebeClient client) {
    super(client);
  }

  @Override
  void tell() {
    it("gets all there is to know of a job", this::knowsJobs);
    it("gets as many jobs as it asks for, large ones too", this::limits);
    it("waits for a job, and gets none within its time", this::waits);
    it("gets a job again when its time is over", this::timesOut);
    it("is refused what it does to a job that is done", this::refusesDone);
    it("fails a job with variables and a delay", this::fails);
    it("changes retries and time", this::updates);
    it("streams jobs, and lets others have them once it ends", this::streams);
    it("has a worker that fails and tries again", this::worker);
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
}
