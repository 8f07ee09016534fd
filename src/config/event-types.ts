import { FilterError, parseFilters } from '../cloudevents/index.ts';
import { definedOf, formulaOf, keyFormulaOf } from '../router/index.ts';
import type { EventTypeSettings } from '../runtime/events/index.ts';
import type { ConfigReader } from './reader.ts';

const MEMBERS = [
  'message',
  'aliases',
  'correlationKey',
  'activationCondition',
  'resultVariable',
  'resultExpression',
  'messageId',
  'timeToLive',
  'start',
] as const;

type Start = NonNullable<EventTypeSettings['start']>[number];

/** The section `events`: type → what is known of its events. */
export function readEventTypes(section: ConfigReader): EventTypeSettings[] {
  const types = section.entries();
  const names = new Map<string, string>(types.map(([type]) => [type, type]));
  return types.map(([type, entry]) => {
    const { aliases, ...members } = entry.members(MEMBERS);
    for (const alias of aliases?.items() ?? []) {
      const other = names.get(alias.text());
      if (other !== undefined) throw alias.error(`'${alias.text()}' is a name of '${other}' already.`);
      names.set(alias.text(), type);
    }
    return definedOf<EventTypeSettings>({
      type,
      aliases: aliases?.texts(),
      message: members.message?.text(),
      correlationKey: readFormula(members.correlationKey, keyFormulaOf),
      activationCondition: readFormula(members.activationCondition, formulaOf),
      resultVariable: members.resultVariable?.text(),
      resultExpression: readFormula(members.resultExpression, formulaOf),
      messageId: readFormula(members.messageId, formulaOf),
      timeToLive: members.timeToLive?.duration(),
      start: members.start?.items().map(readStart),
    });
  });
}

function readFormula(reader: ConfigReader | undefined, parse: typeof formulaOf): string | undefined {
  if (reader === undefined) return undefined;
  const { text, compiled } = parse(reader.text());
  if ('problem' in compiled) throw reader.error(`'${text}' is no FEEL: ${compiled.problem}`);
  return text;
}

function readStart(reader: ConfigReader): Start {
  const { bpmnProcessId, version, filters } = reader.members(['bpmnProcessId', 'version', 'filters']);
  if (bpmnProcessId === undefined) throw reader.error('must name a bpmnProcessId.');
  return definedOf<Start>({
    bpmnProcessId: bpmnProcessId.text(),
    version: version?.integer(1),
    filters: filters === undefined ? undefined : checkedFilters(filters),
  });
}

function checkedFilters(reader: ConfigReader): unknown {
  const json = reader.json();
  try {
    parseFilters(json, reader.path);
    return json;
  } catch (error) {
    if (error instanceof FilterError) throw reader.error(error.message);
    throw error;
  }
}
