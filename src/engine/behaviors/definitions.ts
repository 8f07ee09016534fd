import type { Binding } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import {
  FORMS,
  type FormRow,
  LATEST_FORMS,
  LATEST_PROCESSES,
  PROCESSES,
  type ProcessRow,
} from '../state/tables.ts';

export function latestProcess(w: Work, bpmnProcessId: string): ProcessRow | undefined {
  const latest = w.state.get(LATEST_PROCESSES, bpmnProcessId);
  return latest === undefined || latest.latestKey < 0 ? undefined : w.state.get(PROCESSES, latest.latestKey);
}

export function processByVersion(w: Work, bpmnProcessId: string, version: number): ProcessRow | undefined {
  for (const row of w.state.scan(PROCESSES, 'byVersion', [bpmnProcessId, version], { limit: 1 })) return row;
  return undefined;
}

/** The version of a process that a call means; `from` is the definition that calls. */
export function boundProcess(
  w: Work,
  bpmnProcessId: string,
  binding: Binding,
  from: number,
): ProcessRow | undefined {
  switch (binding.kind) {
    case 'latest':
      return latestProcess(w, bpmnProcessId);
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, from)?.deploymentKey ?? -1;
      return [...w.state.scan(PROCESSES, 'byDeployment', [bpmnProcessId, deploymentKey])].at(-1);
    }
    case 'versionTag': {
      // Of several versions with the tag the one deployed last counts.
      const tagged = [...w.state.scan(PROCESSES, 'byVersionTag', [bpmnProcessId, binding.tag])];
      return tagged.sort((left, right) => left.version - right.version).at(-1);
    }
  }
}

export function latestForm(w: Work, formId: string): FormRow | undefined {
  const latest = w.state.get(LATEST_FORMS, formId);
  return latest === undefined || latest.latestKey < 0 ? undefined : w.state.get(FORMS, latest.latestKey);
}

/** The version of a form that a user task means; `from` is the definition of the task. */
export function boundForm(w: Work, formId: string, binding: Binding, from: number): FormRow | undefined {
  switch (binding.kind) {
    case 'latest':
      return latestForm(w, formId);
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, from)?.deploymentKey ?? -1;
      return [...w.state.scan(FORMS, 'byDeployment', [formId, deploymentKey])].at(-1);
    }
    case 'versionTag':
      return [...w.state.scan(FORMS, 'byVersion', [formId])].findLast(
        ({ versionTag }) => versionTag === binding.tag,
      );
  }
}
