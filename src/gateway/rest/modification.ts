import type { ModificationRequest, MoveInstruction } from '../../engine/records/command.ts';
import type { Fields } from '../fields.ts';
import {
  type Body,
  filledText,
  givenText,
  invalid,
  KEY_SCHEMA,
  key,
  list,
  operationReference,
  read,
  readMembers,
  refuse,
  required,
  requiredVariables,
  text,
} from './shape.ts';

const variableInstructions = list({
  variables: requiredVariables(),
  scopeId: text('An element; absent: all of it.'),
});

/** A key, or -1 for a scope that the engine is to find. */
const ancestorKey = read(KEY_SCHEMA, (fields, name) => keyOrNone(fields, name) ?? -1);

/** One way to name what a token is taken from, and where it goes. */
const source = required(
  read(
    {
      type: 'object',
      properties: {
        sourceType: { type: 'string', enum: ['byId', 'byKey'] },
        sourceElementId: { type: 'string' },
        sourceElementInstanceKey: KEY_SCHEMA,
      },
      required: ['sourceType'],
    },
    (fields, name) => {
      const given = fields.object(name);
      if (given === undefined) throw invalid(`No ${name} provided.`);
      return readSource(given);
    },
  ),
);

const ancestor = read(
  {
    type: 'object',
    properties: {
      ancestorScopeType: { type: 'string', enum: ['direct', 'inferred', 'sourceParent'] },
      ancestorElementInstanceKey: KEY_SCHEMA,
    },
    required: ['ancestorScopeType'],
  },
  (fields, name): MoveInstruction['ancestor'] => {
    const given = fields.object(name);
    return given === undefined ? { kind: 'direct', elementInstanceKey: -1 } : readAncestor(given);
  },
);

const TERMINATION = { elementInstanceKey: key(), elementId: text() };

/** The body of a modification in the shape of Camunda 8.9. */
export const MODIFICATION = {
  activateInstructions: list({
    elementId: givenText(),
    ancestorElementInstanceKey: ancestorKey,
    variableInstructions,
  }),
  moveInstructions: list({
    sourceElementInstruction: source,
    targetElementId: filledText(),
    ancestorScopeInstruction: ancestor,
    variableInstructions,
  }),
  terminateInstructions: read(list(TERMINATION).schema, (fields, name) =>
    (fields.objects(name, true) ?? []).map((item) => {
      const termination = readMembers(item, TERMINATION);
      const { elementInstanceKey, elementId } = termination;
      if (elementInstanceKey !== undefined && elementId !== undefined)
        refuse(['Only one of [elementId, elementInstanceKey] is allowed']);
      if (elementInstanceKey === undefined && elementId === undefined)
        refuse(['At least one of [elementId, elementInstanceKey] is required']);
      return termination;
    }),
  ),
  operationReference,
};

export function modificationOf(body: Body<typeof MODIFICATION>): ModificationRequest {
  return {
    activate: body.activateInstructions.map((instruction) => ({
      elementId: instruction.elementId,
      ancestorElementInstanceKey: instruction.ancestorElementInstanceKey,
      variables: scopedVariables(instruction.variableInstructions),
    })),
    terminate: body.terminateInstructions.flatMap(({ elementInstanceKey }) => elementInstanceKey ?? []),
    terminateIds: body.terminateInstructions.flatMap(({ elementId }) => elementId ?? []),
    move: body.moveInstructions.map((instruction) => ({
      source: instruction.sourceElementInstruction,
      targetElementId: instruction.targetElementId,
      ancestor: instruction.ancestorScopeInstruction,
      variables: scopedVariables(instruction.variableInstructions),
    })),
  };
}

type VariableInstructions = ReturnType<(typeof variableInstructions)['read']>;

function scopedVariables(instructions: VariableInstructions): MoveInstruction['variables'] {
  return instructions.map((item) => ({ elementId: item.scopeId ?? '', variables: item.variables }));
}

function readSource(source: Fields): MoveInstruction['source'] {
  const type = source.requiredString('sourceType');
  if (type === 'byId') {
    const elementId = source.requiredString('sourceElementId');
    source.end();
    return { elementId };
  }
  if (type === 'byKey') {
    const elementInstanceKey = source.key('sourceElementInstanceKey');
    source.end();
    if (elementInstanceKey === undefined) throw invalid('No sourceElementInstanceKey provided.');
    return { elementInstanceKey };
  }
  throw invalid(`The value for sourceType is '${type}' but must be one of [byId, byKey].`);
}

function readAncestor(ancestor: Fields): MoveInstruction['ancestor'] {
  const type = ancestor.requiredString('ancestorScopeType');
  if (type === 'inferred' || type === 'sourceParent') {
    ancestor.end();
    return { kind: type };
  }
  if (type === 'direct') {
    const elementInstanceKey = keyOrNone(ancestor, 'ancestorElementInstanceKey');
    ancestor.end();
    if (elementInstanceKey === undefined) throw invalid('No ancestorElementInstanceKey provided.');
    return { kind: 'direct', elementInstanceKey };
  }
  throw invalid(
    `The value for ancestorScopeType is '${type}' but must be one of [direct, inferred, sourceParent].`,
  );
}

/** A key, or -1 for a scope that the engine is to find. */
function keyOrNone(fields: Fields, name: string): number | undefined {
  return fields.value(name) === '-1' ? -1 : fields.key(name);
}
