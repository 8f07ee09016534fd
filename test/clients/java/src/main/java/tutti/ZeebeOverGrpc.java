package tutti;

import static tutti.Clients.*;

import io.camunda.zeebe.client.ZeebeClient;
import io.camunda.zeebe.client.api.command.ClientStatusException;
import io.camunda.zeebe.client.api.worker.JobHandler;
import io.camunda.zeebe.client.api.worker.JobWorker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The client of Zeebe 8.6. */
final class ZeebeOverGrpc {
  private final ZeebeClient client;

  private ZeebeOverGrpc(final ZeebeClient client) {
    this.client = client;
  }

  static void tell() {
    final var builder = ZeebeClient.newClientBuilder().usePlaintext().grpcAddress(GRPC).restAddress(REST);
    try (ZeebeClient client = builder.preferRestOverGrpc(false).build()) {
      final var tests = new ZeebeOverGrpc(client);
      it("deploys models, and sees the topology", tests::deploys);
      it("starts an instance and gets its result", tests::getsAResult);
      it("completes jobs with a worker", () -> tests.completesJobs(false));
      it("gets jobs over a stream", () -> tests.completesJobs(true));
      it("throws a BPMN error from a job", tests::throwsErrors);
      it("fails a job, which raises an incident; with retries and resolved, it goes on", tests::failsJobs);
      it("correlates a message", tests::publishesMessages);
      it("broadcasts a signal", tests::broadcastsSignals);
      it("sets variables and cancels an instance, once", tests::setsAndCancels);
      new ZeebeCommands(client).tell();
      new ZeebeJobs(client).tell();
    }
  }

  private long start(final String process, final Map<String, Object> variables) {
    return client.newCreateInstanceCommand().bpmnProcessId(process).latestVersion().variables(variables).send().join()
        .getProcessInstanceKey();
  }

  private JobWorker worker(final String type, final boolean streams, final JobHandler handler) {
    return client.newWorker().jobType(type).handler(handler).timeout(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50)).streamEnabled(streams).open();
  }

  private void deploys() {
    final var deployed = client.newDeployResourceCommand().addResourceFile(MODEL).send().join();
    equal(deployed.getProcesses().size(), 4);
    equal(client.newTopologyRequest().send().join().getPartitionsCount(), 1);
  }

  private void getsAResult() {
    final var done = client.newCreateInstanceCommand().bpmnProcessId("client-sum").latestVersion()
        .variables(Map.of("a", 40, "b", 2)).withResult().fetchVariables("sum").send().join();
    equal(done.getVariablesAsMap(), Map.of("sum", 42));
  }

  private void completesJobs(final boolean streams) throws Exception {
    final String type = "java-zeebe-" + streams;
    try (JobWorker worker = worker(type, streams, (jobs, job) ->
        jobs.newCompleteCommand(job)
            .variables(Map.of("packed", job.getVariablesAsMap().get("weight"), "box", job.getCustomHeaders().get("box")))
            .send().join())) {
      for (int weight = 0; weight < 5; weight++) {
        final long key = start("client-job", Map.of("jobType", type, "weight", weight));
        completed(key);
        equal(variable(key, "packed"), String.valueOf(weight));
        equal(variable(key, "box"), "'small'");
      }
    }
  }

  private void throwsErrors() throws Exception {
    try (JobWorker worker = worker("java-error", false, (jobs, job) ->
        jobs.newThrowErrorCommand(job).errorCode("BROKEN").errorMessage("it fell down")
            .variables(Map.of("height", 3)).send().join())) {
      final long key = start("client-job", Map.of("jobType", "java-error"));
      completed(key);
      equal(variable(key, "outcome"), "'mended'");
    }
  }

  private void failsJobs() throws Exception {
    final long key = start("client-job", Map.of("jobType", "java-fail"));
    final var tries = new AtomicInteger();
    try (JobWorker worker = worker("java-fail", false, (jobs, job) -> {
      // What a handler throws fails its job.
      if (tries.getAndIncrement() == 0) throw new IllegalStateException("no paper left");
      jobs.newCompleteCommand(job).send().join();
    })) {
      final String incident = until("the incident", () -> incident(key));
      equal(text(incident, "errorType"), "JOB_NO_RETRIES");
      client.newUpdateRetriesCommand(Long.parseLong(text(incident, "jobKey"))).retries(1).send().join();
      client.newResolveIncidentCommand(Long.parseLong(text(incident, "incidentKey"))).send().join();
      completed(key);
    }
    equal(tries.get(), 2);
  }

  private void publishesMessages() throws Exception {
    final long key = start("client-message", Map.of("orderId", "java-1"));
    client.newPublishMessageCommand().messageName("ClientMessage").correlationKey("java-1")
        .variables(Map.of("paid", 12)).send().join();
    completed(key);
    equal(variable(key, "paid"), "12");
  }

  private void broadcastsSignals() throws Exception {
    final long key = start("client-signal", Map.of());
    client.newBroadcastSignalCommand().signalName("ClientSignal").variables(Map.of("loud", true)).send().join();
    completed(key);
    equal(variable(key, "loud"), "true");
  }

  private void setsAndCancels() {
    final long key = start("client-signal", Map.of());
    client.newSetVariablesCommand(key).variables(Map.of("more", 1)).send().join();
    equal(variable(key, "more"), "1");
    client.newCancelInstanceCommand(key).send().join();
    equal(state(key), "TERMINATED");
    try {
      client.newCancelInstanceCommand(key).send().join();
    } catch (final ClientStatusException refused) {
      equal(refused.getStatusCode().name(), "NOT_FOUND");
      return;
    }
    throw new AssertionError("cancelled twice");
  }
}
