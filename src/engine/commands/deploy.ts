import type { ProcessGraph } from '../../bpmn/graph.ts';
import { rejectionText } from '../../bpmn/rejection.ts';
import { latestForm, latestProcess } from '../behaviors/definitions.ts';
import { closeStartEvents, openStartEvents } from '../behaviors/start-events.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { FormMetadata, ProcessMetadata, ResourceValue } from '../records/record.ts';
import { LATEST_FORMS, LATEST_PROCESSES, PROCESSES } from '../state/tables.ts';
import type { Accepted, CommandOf } from './command.ts';
import { createDecisions, decisionsOf, duplicateDecisionIds, renewDecisions } from './deploy-decisions.ts';

interface DeployedProcess {
  readonly metadata: ProcessMetadata;
  readonly graph: ProcessGraph;
  readonly resource: string;
}

interface DeployedForm {
  readonly metadata: FormMetadata;
  readonly resource: string;
}

/** Deploys all resources, or none of them. */
export function deploy(w: Work, { value }: CommandOf<'DEPLOYMENT'>): Accepted {
  refuseProblems(value.resources);
  const deploymentKey = w.nextKey();
  const planned = value.resources.flatMap((resource) => processesOf(w, resource, deploymentKey));
  const plannedForms = value.resources.flatMap((resource) => formsOf(w, resource, deploymentKey));
  const plannedDecisions = value.resources.flatMap((resource) => decisionsOf(w, resource, deploymentKey));
  // Unless nothing is new, what is unchanged gets a new version too, so that one deployment stays together.
  const unchanged = [...planned, ...plannedForms, ...plannedDecisions].every(
    ({ metadata }) => metadata.isDuplicate,
  );
  const processes = unchanged ? planned : planned.map((process) => renewProcess(w, process, deploymentKey));
  const forms = unchanged ? plannedForms : plannedForms.map((form) => renewForm(w, form, deploymentKey));
  const decisions = unchanged
    ? plannedDecisions
    : plannedDecisions.map((graph) => renewDecisions(w, graph, deploymentKey));
  if (!unchanged) {
    for (const graph of decisions) createDecisions(w, graph);
    for (const { metadata, resource } of forms)
      w.emit(metadata.formKey, { valueType: 'FORM', intent: 'CREATED', value: { ...metadata, resource } });
    for (const process of processes) createProcess(w, process);
  }
  const answer = {
    processesMetadata: processes.map(({ metadata }) => metadata),
    formMetadata: forms.map(({ metadata }) => metadata),
    decisionsMetadata: decisions.flatMap((graph) => graph.decisions),
    decisionRequirementsMetadata: decisions.map(({ metadata }) => metadata),
  };
  w.emit(deploymentKey, { valueType: 'DEPLOYMENT', intent: 'CREATED', value: answer });
  return { key: deploymentKey, value: answer };
}

function refuseProblems(resources: readonly ResourceValue[]): void {
  if (resources.length === 0)
    throw new Rejection('INVALID_ARGUMENT', 'Expected to deploy at least one resource, but none given');
  const holders = new Map<string, string>();
  const problems = resources.flatMap((resource) => resource.problems ?? duplicateIds(resource, holders));
  if (problems.length === 0) problems.push(...duplicateDecisionIds(resources));
  if (problems.length === 0) return;
  throw new Rejection('INVALID_ARGUMENT', rejectionText(problems));
}

/** Ids of processes and forms that an earlier resource holds already; `holders` learns those of this one. */
function duplicateIds(
  { resourceName, processes, formId }: ResourceValue,
  holders: Map<string, string>,
): readonly string[] {
  const problems: string[] = [];
  for (const { bpmnProcessId } of processes) {
    const other = holders.get(`process:${bpmnProcessId}`);
    if (other !== undefined)
      problems.push(`Duplicated process id in resources '${other}' and '${resourceName}'`);
    holders.set(`process:${bpmnProcessId}`, resourceName);
  }
  if (formId === undefined) return problems;
  const other = holders.get(`form:${formId}`);
  if (other !== undefined)
    problems.push(
      `Expected the form ids to be unique within a deployment but found a duplicated id '${formId}' in the resources '${other}' and '${resourceName}'.`,
    );
  holders.set(`form:${formId}`, resourceName);
  return problems;
}

function processesOf(w: Work, resource: ResourceValue, deploymentKey: number): readonly DeployedProcess[] {
  const { resourceName, checksum } = resource;
  return resource.processes.map((graph) => {
    const { bpmnProcessId } = graph;
    const latest = latestProcess(w, bpmnProcessId);
    const isDuplicate = latest?.checksum === checksum && latest.resourceName === resourceName;
    const metadata: ProcessMetadata = isDuplicate
      ? { ...latest, isDuplicate }
      : {
          bpmnProcessId,
          version: (w.state.get(LATEST_PROCESSES, bpmnProcessId)?.lastVersion ?? 0) + 1,
          processDefinitionKey: w.nextKey(),
          resourceName,
          checksum,
          isDuplicate,
          deploymentKey,
          versionTag: graph.versionTag ?? '',
        };
    return { metadata, graph, resource: resource.resource };
  });
}

function renewProcess(w: Work, process: DeployedProcess, deploymentKey: number): DeployedProcess {
  const { metadata } = process;
  if (!metadata.isDuplicate) return process;
  const version = (w.state.get(LATEST_PROCESSES, metadata.bpmnProcessId)?.lastVersion ?? 0) + 1;
  const processDefinitionKey = w.nextKey();
  return {
    ...process,
    metadata: { ...metadata, version, processDefinitionKey, deploymentKey, isDuplicate: false },
  };
}

function formsOf(w: Work, resource: ResourceValue, deploymentKey: number): readonly DeployedForm[] {
  const { resourceName, checksum, formId } = resource;
  if (formId === undefined) return [];
  const latest = latestForm(w, formId);
  if (latest?.checksum === checksum && latest.resourceName === resourceName) {
    const { resource: _resource, ...known } = latest;
    return [{ metadata: { ...known, isDuplicate: true }, resource: resource.resource }];
  }
  const version = (w.state.get(LATEST_FORMS, formId)?.lastVersion ?? 0) + 1;
  const formKey = w.nextKey();
  const metadata: FormMetadata = {
    formId,
    version,
    formKey,
    resourceName,
    checksum,
    isDuplicate: false,
    deploymentKey,
    ...(resource.formVersionTag !== undefined && { versionTag: resource.formVersionTag }),
  };
  return [{ metadata, resource: resource.resource }];
}

function renewForm(w: Work, form: DeployedForm, deploymentKey: number): DeployedForm {
  const { metadata } = form;
  if (!metadata.isDuplicate) return form;
  const version = (w.state.get(LATEST_FORMS, metadata.formId)?.lastVersion ?? 0) + 1;
  return {
    ...form,
    metadata: { ...metadata, version, formKey: w.nextKey(), deploymentKey, isDuplicate: false },
  };
}

function createProcess(w: Work, { metadata, graph, resource }: DeployedProcess): void {
  const before = latestProcess(w, metadata.bpmnProcessId);
  const key = metadata.processDefinitionKey;
  w.emit(key, { valueType: 'PROCESS', intent: 'CREATED', value: { ...metadata, graph, resource } });
  if (before !== undefined) closeStartEvents(w, before.processDefinitionKey);
  const process = w.state.get(PROCESSES, key);
  if (process !== undefined) openStartEvents(w, process);
}
