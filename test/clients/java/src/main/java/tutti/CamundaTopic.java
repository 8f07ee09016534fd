package tutti;

import static tutti.Clients.*;

import io.camunda.client.CamundaClient;
import io.camunda.client.api.command.ProblemException;
import io.camunda.client.api.response.ActivatedJob;
import io.camunda.client.api.response.DeploymentEvent;
import io.camunda.zeebe.model.bpmn.Bpmn;
import io.camunda.zeebe.model.bpmn.BpmnModelInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the sentences about one subject share: a client, and a name for each process that no other sentence has. */
abstract class CamundaTopic {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  final CamundaClient client;
  /** Commands go over REST, else over gRPC; searches and user tasks are REST in both cases. */
  final boolean rest;

  CamundaTopic(final CamundaClient client, final boolean rest) {
    this.client = client;
    this.rest = rest;
  }

  /** Tells the sentences; add one here. */
  abstract void tell();

  /** A name that is new on this server. */
  static String fresh(final String what) {
    return what + "-" + COUNTER.incrementAndGet();
  }

  long deploy(final BpmnModelInstance model) {
    return client.newDeployResourceCommand().addProcessModel(model, fresh("model") + ".bpmn").send().join()
        .getProcesses().get(0).getProcessDefinitionKey();
  }

  DeploymentEvent deployText(final String text, final String resource) {
    return client.newDeployResourceCommand().addResourceBytes(text.getBytes(StandardCharsets.UTF_8), resource).send()
        .join();
  }

  /** start → service task `task` → end; the process is called as its jobs are. */
  String deployJob(final String type) {
    deploy(Bpmn.createExecutableProcess(type).startEvent("start")
        .serviceTask("task", task -> task.zeebeJobType(type)).endEvent("end").done());
    return type;
  }

  long start(final String process, final Map<String, Object> variables) {
    return client.newCreateInstanceCommand().bpmnProcessId(process).latestVersion().variables(variables).send().join()
        .getProcessInstanceKey();
  }

  long start(final String process) {
    return start(process, Map.of());
  }

  /** A process of one job that waits; the name is that of both. */
  String waitingJob(final String what) {
    final String type = deployJob(fresh(what));
    start(type);
    return type;
  }

  List<ActivatedJob> jobs(final String type, final int limit) {
    return client.newActivateJobsCommand().jobType(type).maxJobsToActivate(limit).timeout(Duration.ofMinutes(1)).send()
        .join().getJobs();
  }

  /** The one job of a type. */
  ActivatedJob take(final String type) {
    final var found = jobs(type, 5);
    equal(found.size(), 1);
    return found.get(0);
  }

  String stateOf(final long instance) {
    return client.newProcessInstanceGetRequest(instance).send().join().getState().name();
  }

  void ends(final long instance) throws InterruptedException {
    until("the end of " + instance, () -> "COMPLETED".equals(stateOf(instance)));
  }

  /** The variables of an instance by name, as JSON texts; those of inner scopes too. */
  Map<String, String> variables(final long instance) {
    final var found = new TreeMap<String, String>();
    client.newVariableSearchRequest().filter(filter -> filter.processInstanceKey(instance)).send().join().items()
        .forEach(variable -> found.put(variable.getName(), variable.getValue()));
    return found;
  }

  /** An element instance of an instance. */
  long elementInstance(final long instance, final String element) {
    final var found = client.newElementInstanceSearchRequest()
        .filter(filter -> filter.processInstanceKey(instance).elementId(element)).send().join().items();
    equal(found.size(), 1);
    return found.get(0).getElementInstanceKey();
  }

  /** That something is refused with a text; over REST with this status, too. */
  void refused(final int status, final String text, final Test test) {
    final Throwable error = thrown(test);
    isTrue("the refusal says «" + text + "», but it was: " + error.getMessage(), error.getMessage().contains(text));
    if (error instanceof ProblemException problem) equal(problem.details().getStatus(), status);
  }
}
