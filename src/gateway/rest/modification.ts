import type { ClientCommand, MoveInstruction } from '../../engine/records/command.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';

/** Reads `POST /v2/process-instances/{key}/modification` in the shape of Camunda 8.9. */
export function readModification(key: number, body: Fields): ClientCommand {
  const activate = (body.objects('activateInstructions') ?? []).map((instruction) => {
    const elementId = instruction.requiredString('elementId');
    const ancestorElementInstanceKey = keyOrNone(instruction, 'ancestorElementInstanceKey') ?? -1;
    const variables = readVariables(instruction);
    instruction.end();
    return { elementId, ancestorElementInstanceKey, variables };
  });
  const move = (body.objects('moveInstructions') ?? []).map(readMove);
  const terminate: number[] = [];
  const terminateIds: string[] = [];
  for (const instruction of body.objects('terminateInstructions') ?? []) {
    const elementInstanceKey = instruction.key('elementInstanceKey');
    const elementId = instruction.string('elementId');
    instruction.end();
    if (elementInstanceKey !== undefined && elementId !== undefined)
      throw invalid('Only one of [elementId, elementInstanceKey] is allowed');
    if (elementInstanceKey !== undefined) terminate.push(elementInstanceKey);
    else if (elementId !== undefined) terminateIds.push(elementId);
    else throw invalid('No terminateInstructions.elementInstanceKey provided.');
  }
  body.ignore('operationReference');
  body.end();
  return {
    valueType: 'PROCESS_INSTANCE_MODIFICATION',
    intent: 'MODIFY',
    key,
    value: { activate, terminate, terminateIds, move },
  };
}

function readVariables(instruction: Fields) {
  return (instruction.objects('variableInstructions') ?? []).map((item) => {
    const scope = { elementId: item.string('scopeId') ?? '', variables: item.document('variables') };
    item.end();
    return scope;
  });
}

function readMove(instruction: Fields): MoveInstruction {
  const source = instruction.object('sourceElementInstruction');
  if (source === undefined) throw invalid('No moveInstructions.sourceElementInstruction provided.');
  const targetElementId = instruction.requiredString('targetElementId');
  const ancestor = instruction.object('ancestorScopeInstruction');
  const variables = readVariables(instruction);
  instruction.end();
  return {
    source: readSource(source),
    targetElementId,
    ancestor: ancestor === undefined ? { kind: 'direct', elementInstanceKey: -1 } : readAncestor(ancestor),
    variables,
  };
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

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_ARGUMENT', message);
}
