import { AgentParameterError, agentParameters } from '../../transform/from-ai.ts';
import {
  childOf,
  childrenOf,
  extensionOf,
  extensionsOf,
  flagOf,
  textOf,
  type XmlNode,
} from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import { expression, nested } from './expressions.ts';
import { checkEventSubProcesses, checkLinks } from './scopes.ts';

const content: Rule = (node, problems) => {
  const elements = childrenOf(node, 'flowElements');
  if (elements.length === 0) problems.add(node, 'Must have at least one activity.');
  if (elements.some(({ $type }) => $type === 'bpmn:StartEvent'))
    problems.add(node, 'Must not contain a start event.');
  if (elements.some(({ $type }) => $type === 'bpmn:EndEvent'))
    problems.add(node, 'Must not contain an end event.');
  checkEventSubProcesses(node, problems);
  checkLinks(node, problems);
};

/** A job worker decides alone: the model must not decide as well. */
const jobWorker: Rule = (node, problems) => {
  if (extensionOf(node, 'zeebe:TaskDefinition') === undefined) return;
  const refuse = (what: string): void =>
    problems.add(node, `Must not define ${what} in combination with zeebe:taskDefinition.`);
  if (flagOf(node, 'cancelRemainingInstances') === false) refuse('cancelRemainingInstances');
  if (childOf(node, 'completionCondition') !== undefined) refuse('completionCondition');
  const definition = extensionOf(node, 'zeebe:AdHoc');
  if (definition !== undefined && textOf(definition, 'activeElementsCollection'))
    refuse('activeElementsCollection');
};

const output: Rule = (node, problems) => {
  for (const definition of extensionsOf(node, 'zeebe:AdHoc')) {
    const element = textOf(definition, 'outputElement');
    const collection = textOf(definition, 'outputCollection');
    if (!element === !collection) continue;
    problems.add(
      node,
      'OutputElement and OutputCollection must both be set, or neither of them set. ' +
        `outputElement:${element ?? null} and outputCollection:${collection ?? null}.`,
    );
  }
};

const agentInputs: Rule = (node, problems) => {
  for (const activity of childrenOf(node, 'flowElements')) {
    try {
      for (const source of inputSources(activity)) agentParameters(source);
    } catch (error) {
      if (!(error instanceof AgentParameterError)) throw error;
      problems.add(
        activity,
        `Failed to extract ad-hoc activity parameters for element '${activity.id}'. ${error.message}`,
      );
    }
  }
};

function inputSources(node: XmlNode): readonly string[] {
  const holder = extensionOf(node, 'zeebe:IoMapping');
  const inputs = holder === undefined ? [] : childrenOf(holder, 'inputParameters');
  return inputs
    .map((input) => textOf(input, 'source') ?? '')
    .filter((source) => source.startsWith('='))
    .map((source) => source.slice(1));
}

/** Rules for ad-hoc subprocesses, as Camunda 8.9 has them. */
export const AD_HOC_RULES: RuleBook = { 'bpmn:AdHocSubProcess': [content, jobWorker, output, agentInputs] };

export const AD_HOC_EXPRESSION_RULES: RuleBook = {
  'zeebe:AdHoc': [expression('activeElementsCollection', {}), expression('outputElement', { feel: true })],
  'bpmn:AdHocSubProcess': [nested('completionCondition', { feel: true })],
};
