import type { ModificationRequest, MoveInstruction } from '../../engine/records/command.ts';
import { document, messages, number, text } from './fields.ts';
import type { Message } from './protocol.ts';

/** What a request to modify an instance asks for; moves, and ends by element, since Camunda 8.9. */
export function modificationOf(request: Message): ModificationRequest {
  const ended = messages(request, 'terminateInstructions');
  const byElement = (instruction: Message): boolean => text(instruction, 'elementId') !== '';
  return {
    activate: messages(request, 'activateInstructions').map((instruction) => ({
      elementId: text(instruction, 'elementId'),
      ancestorElementInstanceKey: ancestorKey(instruction),
      variables: scopedVariables(instruction),
    })),
    terminate: ended
      .filter((instruction) => !byElement(instruction))
      .map((instruction) => number(instruction, 'elementInstanceKey')),
    terminateIds: ended.filter(byElement).map((instruction) => text(instruction, 'elementId')),
    move: messages(request, 'moveInstructions').map((instruction) => ({
      source: sourceOf(instruction),
      targetElementId: text(instruction, 'targetElementId'),
      ancestor: ancestorOf(instruction),
      variables: scopedVariables(instruction),
    })),
  };
}

function scopedVariables(instruction: Message): MoveInstruction['variables'] {
  return messages(instruction, 'variableInstructions').map((item) => ({
    elementId: text(item, 'scopeId'),
    variables: document(item),
  }));
}

/** proto3 cannot tell 0 from nothing, and no element instance has the key 0. */
function ancestorKey(instruction: Message): number {
  return number(instruction, 'ancestorElementInstanceKey') || -1;
}

function sourceOf(instruction: Message): MoveInstruction['source'] {
  const elementId = text(instruction, 'sourceElementId');
  if (elementId !== '') return { elementId };
  return { elementInstanceKey: number(instruction, 'sourceElementInstanceKey') };
}

function ancestorOf(instruction: Message): MoveInstruction['ancestor'] {
  if (instruction['inferAncestorScopeFromSourceHierarchy'] === true) return { kind: 'inferred' };
  if (instruction['useSourceParentKeyAsAncestorScopeKey'] === true) return { kind: 'sourceParent' };
  return { kind: 'direct', elementInstanceKey: ancestorKey(instruction) };
}
