package tutti;

import static tutti.Clients.*;

import io.camunda.zeebe.client.ZeebeClient;
import io.camunda.zeebe.client.api.command.ClientStatusException;
import io.camunda.zeebe.client.api.response.ActivatedJob;
import io.camunda.zeebe.model.bpmn.Bpmn;
import io.camunda.zeebe.model.bpmn.BpmnModelInstance;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the sentences about the client of Zeebe 8.6 share. They ask over gRPC only, so that they can be tried on a real
 * broker of 8.6 too.
 */
abstract class ZeebeTopic {
  final ZeebeClient client;

  ZeebeTopic(final ZeebeClient client) {
    this.client = client;
  }

  /** Tells the sentences; add one here. */
  abstract void tell();

  static String fresh(final String what) {
    return CamundaTopic.fresh("zeebe-" + what);
  }

  long deploy(final BpmnModelInstance model) {
    return client.newDeployResourceCommand().addProcessModel(model, fresh("model") + ".bpmn").send().join()
        .getProcesses().get(0).getProcessDefinitionKey();
  }

  String deployJob(final String type) {
    deploy(Bpmn.createExecutableProcess(type).startEvent("start")
        .serviceTask("task", task -> task.zeebeJobType(type)).endEvent("end").done());
    return type;
  }

  long start(final String process, final Map<String, Object> variables) {
    return client.newCreateInstanceCommand().bpmnProcessId(process).latestVersion().variables(variables).send().join()
        .getProcessInstanceKey();
  }

  String waitingJob(final String what) {
    final String type = deployJob(fresh(what));
    start(type, Map.of());
    return type;
  }

  List<ActivatedJob> jobs(final String type, final int limit) {
    return client.newActivateJobsCommand().jobType(type).maxJobsToActivate(limit).timeout(Duration.ofMinutes(1))
        .requestTimeout(LIMIT).send().join().getJobs();
  }

  ActivatedJob take(final String type) {
    final var found = jobs(type, 5);
    equal(found.size(), 1);
    return found.get(0);
  }

  /** That something is refused with a status of gRPC and a text. */
  static void refused(final String status, final String text, final Test test) {
    final Throwable error = thrown(test);
    isTrue("the refusal says «" + text + "», but it was: " + error.getMessage(), error.getMessage().contains(text));
    equal(((ClientStatusException) error).getStatusCode().name(), status);
  }
}
