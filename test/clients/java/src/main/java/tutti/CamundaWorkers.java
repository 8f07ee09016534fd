package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.response.ActivatedJob;
import io.camunda.client.api.worker.JobWorker;
import io.camunda.zeebe.model.bpmn.Bpmn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** Workers that poll, streams of jobs, and both together. */
final class CamundaWorkers extends CamundaTopic {
  CamundaWorkers(final CamundaClient client, final boolean rest) {
    super(client, rest);
  }

  @Override
  void tell() {
    it("keeps workers of different types apart", this::keepsTypesApart);
    it("does the jobs that were there before its stream, too", this::pollsAndStreams);
    it("streams the jobs of an instance one after another", this::streams);
    it("lets others poll what was there before a stream", this::streamsOnlyNewJobs);
    it("gives jobs to others once a stream is ended", this::endsStreams);
    it("tries again, later, when a handler throws", this::triesAgain);
    it("gets all jobs although its handler is slow", this::slowHandler);
    it("runs a listener as a worker", this::listens);
  }

  private JobWorker worker(final String type, final boolean streams, final List<ActivatedJob> into) {
    return client.newWorker().jobType(type).handler((jobs, job) -> {
      into.add(job);
      jobs.newCompleteCommand(job).send().join();
    }).name("worker").timeout(LIMIT).fetchVariables("a", "b").pollInterval(Duration.ofMillis(50)).streamEnabled(streams)
        .open();
  }

  private void keepsTypesApart() throws Exception {
    for (final boolean streams : List.of(false, true)) {
      final String one = deployJob(fresh("one"));
      final String two = deployJob(fresh("two"));
      final var ones = new CopyOnWriteArrayList<ActivatedJob>();
      final var twos = new CopyOnWriteArrayList<ActivatedJob>();
      try (JobWorker x = worker(one, streams, ones); JobWorker y = worker(two, streams, twos)) {
        ends(start(one, Map.of("a", 1, "b", 2, "c", 3)));
        ends(start(two));
      }
      equal(ones.stream().map(ActivatedJob::getVariablesAsMap).toList(), List.of(Map.of("a", 1, "b", 2)));
      equal(twos.stream().map(ActivatedJob::getBpmnProcessId).toList(), List.of(two));
    }
  }

  private void pollsAndStreams() throws Exception {
    final String type = deployJob(fresh("both"));
    final long before = start(type);
    final var done = new CopyOnWriteArrayList<ActivatedJob>();
    try (JobWorker worker = worker(type, true, done)) {
      ends(before);
      ends(start(type));
    }
    equal(done.size(), 2);
  }

  private void streams() throws Exception {
    final String type = fresh("chain");
    deploy(Bpmn.createExecutableProcess(type).startEvent().serviceTask("one", task -> task.zeebeJobType(type))
        .serviceTask("two", task -> task.zeebeJobType(type)).serviceTask("three", task -> task.zeebeJobType(type))
        .endEvent().done());
    final var jobs = new CopyOnWriteArrayList<ActivatedJob>();
    final var stream = client.newStreamJobsCommand().jobType(type).consumer(job -> {
      jobs.add(job);
      client.newCompleteCommand(job).send();
    }).workerName("streamer").fetchVariables("foo").tenantIds("<default>").timeout(Duration.ofSeconds(50)).send();
    try {
      ends(start(type, Map.of("foo", "bar", "baz", "buz")));
    } finally {
      stream.cancel(true);
    }
    equal(jobs.stream().map(ActivatedJob::getElementId).toList(), List.of("one", "two", "three"));
    for (final var job : jobs) {
      equal(job.getWorker(), "streamer");
      equal(job.getVariablesAsMap(), Map.of("foo", "bar"));
    }
  }

  private void streamsOnlyNewJobs() throws Exception {
    final String type = deployJob(fresh("older"));
    final long older = start(type);
    final var streamed = new CopyOnWriteArrayList<ActivatedJob>();
    // Taken, so that the stream cannot have it whatever its kind.
    final var polled = take(type);
    final var stream = client.newStreamJobsCommand().jobType(type).consumer(streamed::add).workerName("stream").send();
    final long newer;
    try {
      newer = start(type);
      until("the streamed job", () -> streamed.size() == 1);
    } finally {
      stream.cancel(true);
    }
    equal(streamed.get(0).getProcessInstanceKey(), newer);
    equal(polled.getProcessInstanceKey(), older);
  }

  private void endsStreams() throws Exception {
    final String type = deployJob(fresh("ended"));
    final var streamed = new CopyOnWriteArrayList<ActivatedJob>();
    final var stream = client.newStreamJobsCommand().jobType(type).consumer(streamed::add).workerName("stream").send();
    start(type);
    until("the streamed job", () -> streamed.size() == 1);
    stream.cancel(true);
    start(type);
    final var polled = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(5).requestTimeout(LIMIT).send()
        .join().getJobs();
    equal(polled.size(), 1);
    equal(streamed.size(), 1);
  }

  private void triesAgain() throws Exception {
    final String type = deployJob(fresh("throws"));
    final var retries = new CopyOnWriteArrayList<Integer>();
    try (JobWorker worker = client.newWorker().jobType(type).handler((jobs, job) -> {
      retries.add(job.getRetries());
      if (retries.size() == 1) throw new IllegalStateException("no paper left");
      if (retries.size() == 2) {
        jobs.newFailCommand(job).retries(7).retryBackoff(Duration.ofMillis(100)).errorMessage("still none").send().join();
        return;
      }
      jobs.newCompleteCommand(job).send().join();
    }).pollInterval(Duration.ofMillis(50)).open()) {
      ends(start(type));
    }
    equal(retries, List.of(3, 2, 7));
  }

  private void slowHandler() throws Exception {
    final String type = deployJob(fresh("slow"));
    final var free = new CountDownLatch(1);
    final Set<Long> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
    final String large = "x".repeat(100_000);
    try (JobWorker worker = client.newWorker().jobType(type).handler((jobs, job) -> {
      free.await();
      seen.add(job.getProcessInstanceKey());
      jobs.newCompleteCommand(job).send().join();
    }).maxJobsActive(2).pollInterval(Duration.ofMillis(20))
        // Over REST the client's thread for answers would wait for its own handler.
        .streamEnabled(!rest).open()) {
      final var started = new java.util.HashSet<Long>();
      for (int n = 0; n < 30; n++) started.add(start(type, Map.of("large", large)));
      free.countDown();
      for (final long key : started) ends(key);
      equal(seen, started);
    }
  }

  private void listens() throws Exception {
    final String type = fresh("listener");
    deploy(Bpmn.createExecutableProcess(type).startEvent()
        .manualTask("task").zeebeStartExecutionListener(type).zeebeEndExecutionListener(type).endEvent().done());
    final var jobs = new CopyOnWriteArrayList<ActivatedJob>();
    try (JobWorker worker = client.newWorker().jobType(type).handler((of, job) -> {
      jobs.add(job);
      of.newCompleteCommand(job).variable("seen" + jobs.size(), true).send().join();
    }).pollInterval(Duration.ofMillis(50)).open()) {
      final long instance = start(type);
      ends(instance);
    }
    equal(jobs.stream().map(job -> job.getKind() + " " + job.getListenerEventType()).collect(Collectors.toList()),
        List.of("EXECUTION_LISTENER START", "EXECUTION_LISTENER END"));
  }
}
