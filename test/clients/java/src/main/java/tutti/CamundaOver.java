package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ClientException;
import io.camunda.client.api.response.ActivatedJob;
import io.camunda.client.api.search.enums.IncidentState;
import io.camunda.client.api.worker.JobHandler;
import io.camunda.client.api.worker.JobWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The client of Camunda 8.9, over REST or over gRPC; its searches are REST in both cases. */
final class CamundaOver {
  private final CamundaClient client;
  private final String name;

  private CamundaOver(final CamundaClient client, final String name) {
    this.client = client;
    this.name = name;
  }

  static CamundaClient open(final boolean rest) {
    return CamundaClient.newClientBuilder().grpcAddress(GRPC).restAddress(REST).preferRestOverGrpc(rest).build();
  }

  static void tell(final boolean rest) {
    try (CamundaClient client = open(rest)) {
      final var tests = new CamundaOver(client, rest ? "java-rest" : "java-grpc");
      it("deploys models, and sees the topology", tests::deploys);
      it("starts an instance and gets its result", tests::getsAResult);
      it("completes jobs with a worker", () -> tests.completesJobs(false));
      it("gets jobs over a stream", () -> tests.completesJobs(true));
      it("throws a BPMN error from a job", tests::throwsErrors);
      it("fails a job, finds its incident, gives it retries and resolves it", tests::failsJobs);
      it("correlates messages, with and without an answer", tests::correlatesMessages);
      it("broadcasts a signal", tests::broadcastsSignals);
      it("sets variables and cancels an instance, once", tests::setsAndCancels);
      new CamundaInstances(client, rest).tell();
      new CamundaJobs(client, rest).tell();
      new CamundaWorkers(client, rest).tell();
      new CamundaEvents(client, rest).tell();
      new CamundaChanges(client, rest).tell();
      new CamundaResources(client, rest).tell();
      if (rest) {
        new CamundaUserTasks(client, rest).tell();
        new CamundaSearches(client, rest).tell();
        new CamundaOperations(client, rest).tell();
      }
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

  private void done(final long key) throws InterruptedException {
    until("the end of " + key, () ->
        "COMPLETED".equals(client.newProcessInstanceGetRequest(key).send().join().getState().name()));
  }

  private String valueOf(final long instance, final String variable) {
    final var found = client.newVariableSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).name(variable)).send().join().items();
    equal(found.size(), 1);
    return found.get(0).getValue();
  }

  private void deploys() {
    final var deployed = client.newDeployResourceCommand().addResourceFile(MODEL).send().join();
    equal(deployed.getProcesses().size(), 4);
    equal(client.newTopologyRequest().send().join().getPartitionsCount(), 1);
  }

  private void getsAResult() {
    final var result = client.newCreateInstanceCommand().bpmnProcessId("client-sum").latestVersion()
        .variables(Map.of("a", 40, "b", 2)).withResult().fetchVariables("sum").send().join();
    equal(result.getVariablesAsMap(), Map.of("sum", 42));
  }

  private void completesJobs(final boolean streams) throws Exception {
    final String type = name + streams;
    try (JobWorker worker = worker(type, streams, (jobs, job) ->
        jobs.newCompleteCommand(job)
            .variables(Map.of("packed", job.getVariablesAsMap().get("weight"), "box", job.getCustomHeaders().get("box")))
            .send().join())) {
      for (int weight = 0; weight < 5; weight++) {
        final long key = start("client-job", Map.of("jobType", type, "weight", weight));
        done(key);
        equal(valueOf(key, "packed"), String.valueOf(weight));
        equal(valueOf(key, "box"), "\"small\"");
      }
    }
  }

  private void throwsErrors() throws Exception {
    try (JobWorker worker = worker(name + "-error", false, (jobs, job) ->
        jobs.newThrowErrorCommand(job).errorCode("BROKEN").errorMessage("it fell down").send().join())) {
      final long key = start("client-job", Map.of("jobType", name + "-error"));
      done(key);
      equal(valueOf(key, "outcome"), "\"mended\"");
    }
  }

  private void failsJobs() throws Exception {
    final String type = name + "-fail";
    final long key = start("client-job", Map.of("jobType", type));
    final List<ActivatedJob> jobs =
        client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).send().join().getJobs();
    equal(jobs.size(), 1);
    client.newFailCommand(jobs.get(0)).retries(0).errorMessage("no paper left").send().join();
    final var incidents = client.newIncidentSearchRequest()
        .filter(filter -> filter.processInstanceKey(key).state(IncidentState.ACTIVE)).send().join().items();
    equal(incidents.size(), 1);
    equal(incidents.get(0).getErrorMessage(), "no paper left");
    final var failed = client.newJobSearchRequest()
        .filter(filter -> filter.type(type).retries(retries -> retries.lt(1))).send().join().items();
    equal(failed.size(), 1);
    client.newUpdateRetriesCommand(jobs.get(0)).retries(1).send().join();
    client.newResolveIncidentCommand(incidents.get(0).getIncidentKey()).send().join();
    final var again = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).send().join().getJobs();
    client.newCompleteCommand(again.get(0)).send().join();
    done(key);
  }

  private void correlatesMessages() throws Exception {
    final long published = start("client-message", Map.of("orderId", name + 1));
    client.newPublishMessageCommand().messageName("ClientMessage").correlationKey(name + 1)
        .variables(Map.of("paid", 12)).send().join();
    done(published);
    equal(valueOf(published, "paid"), "12");
    final long correlated = start("client-message", Map.of("orderId", name + 2));
    final var answer = client.newCorrelateMessageCommand().messageName("ClientMessage").correlationKey(name + 2)
        .send().join();
    equal(answer.getProcessInstanceKey(), correlated);
    done(correlated);
  }

  private void broadcastsSignals() throws Exception {
    final long key = start("client-signal", Map.of());
    client.newBroadcastSignalCommand().signalName("ClientSignal").variables(Map.of("loud", true)).send().join();
    done(key);
    equal(valueOf(key, "loud"), "true");
  }

  private void setsAndCancels() {
    final long key = start("client-signal", Map.of());
    client.newSetVariablesCommand(key).variables(Map.of("more", 1)).send().join();
    equal(valueOf(key, "more"), "1");
    client.newCancelInstanceCommand(key).send().join();
    equal(client.newProcessInstanceGetRequest(key).send().join().getState().name(), "TERMINATED");
    try {
      client.newCancelInstanceCommand(key).send().join();
    } catch (final ClientException refused) {
      isTrue("the refusal says that there is none: " + refused.getMessage(), refused.getMessage().contains("NOT_FOUND"));
      return;
    }
    throw new AssertionError("cancelled twice");
  }
}
