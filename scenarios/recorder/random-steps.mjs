// Random steps for a random model: what clients may ask for, sensible or not.

const HOUR = 3_600_000

/** The steps of a scenario in which `p.bpmn` holds the model. */
export function randomSteps(dice, model) {
  const steps = [
    { deploy: ['p.bpmn'] },
    { create: { bpmnProcessId: model.processId, variables: firstVariables(dice) }, as: 'one' },
  ]
  for (let left = dice.whole(6, 12); left > 0; left--) steps.push(...dice.pick(KINDS)(dice, model, steps.length))
  // Towards the end of it all.
  for (const type of dice.shuffle(model.types).slice(0, 6)) steps.push(...finish(type, `last-${type}`))
  steps.push({ cancel: 'one' })
  return steps
}

function firstVariables(dice) {
  return { k: '1', x: dice.pick([0, 1, 2, 7]), b: dice.chance(0.5), items: dice.pick([[1, 2], [1], [], [3, 4, 5]]), a: { b: 1 } }
}

const finish = (type, as) => [{ activate: { type, timeout: HOUR }, as }, { complete: as }]

function job(dice, model, number) {
  if (model.types.length === 0) return []
  const type = dice.pick(model.types)
  const as = `job-${number}`
  const activate = { activate: { type, timeout: HOUR }, as }
  const variables = dice.chance(0.4) ? { variables: { [dice.pick(['x', 'r', 'y'])]: dice.whole(0, 3) } } : {}
  const ends = [
    [{ complete: as, ...variables }],
    [{ complete: as, ...variables }],
    [{ complete: as }, { complete: `${as}2` }],
    [{ throwError: as, errorCode: dice.pick(['E1', 'E2', 'E3']), errorMessage: 'e' }],
    [{ fail: as, retries: 1, errorMessage: 'f' }],
    [{ fail: as, retries: 0, errorMessage: 'f' }, { updateRetries: as, retries: 2 }, { resolveIncident: { element: anyOf(dice, model, ['serviceTask']) } }],
    [{ advance: 6000 }],
  ]
  return [activate, ...dice.pick(ends)]
}

function publish(dice, model) {
  const name = `${model.processId}-${dice.pick(['m1', 'm2', 'm3'])}`
  const variables = dice.chance(0.3) ? { variables: { x: dice.whole(0, 3) } } : {}
  return [{ publish: { name, correlationKey: '1', timeToLive: dice.pick([0, 0, 60_000]), ...variables } }]
}

function signal(dice, model) {
  return [{ signal: { signalName: `${model.processId}-${dice.pick(['s1', 's2'])}` } }]
}

function advance(dice) {
  return [{ advance: dice.pick([6000, 11_000, 21_000]) }]
}

function setVariables(dice, model) {
  const variables = { [dice.pick(['x', 'b', 'items', 'k'])]: dice.pick([1, true, [1, 2], '1']) }
  if (dice.chance(0.6)) return [{ setVariables: 'one', variables }]
  const element = anyOf(dice, model, ['serviceTask', 'subProcess'])
  return [{ setVariables: { element, instance: 'one' }, variables, local: dice.chance(0.5) }]
}

function userTask(dice, model) {
  if (model.userTasks.length === 0) return []
  return [{ [dice.pick(['completeUserTask', 'assignUserTask'])]: { element: dice.pick(model.userTasks) } }]
}

const ACTIVITIES = ['serviceTask', 'userTask', 'subProcess', 'intermediateCatchEvent', 'receiveTask', 'callActivity']

function modify(dice, model) {
  const every = Object.keys(model.ids)
  const activate = Array.from({ length: dice.whole(0, 2) }, () => {
    const instruction = { elementId: anyOf(dice, model, every) }
    if (dice.chance(0.3)) instruction.variables = { x: dice.whole(0, 3) }
    if (instruction.variables && dice.chance(0.5)) instruction.scope = anyOf(dice, model, ['subProcess'])
    if (dice.chance(0.1)) instruction.ancestor = { element: anyOf(dice, model, ['subProcess']) }
    return instruction
  })
  const terminate = Array.from({ length: dice.whole(activate.length === 0 ? 1 : 0, 2) }, () => ({ element: anyOf(dice, model, ACTIVITIES) }))
  return [{ modify: { instance: 'one', activate, terminate } }]
}

/** To the definition that it has already: what matters is what may be mapped. */
function migrate(dice, model) {
  const mapped = [...ACTIVITIES, 'boundaryEvent', 'startEvent'].flatMap((tag) => model.ids[tag] ?? []).filter(() => dice.chance(0.85))
  return [{ migrate: { instance: 'one', to: { bpmnProcessId: model.processId, version: 1 }, mapping: Object.fromEntries(mapped.map((id) => [id, id])) } }]
}

function resolveIncident(dice, model) {
  return [{ resolveIncident: { element: anyOf(dice, model, Object.keys(model.ids)) } }]
}

/** An element of one of these kinds; else one that is nowhere. */
function anyOf(dice, model, tags) {
  const ids = tags.flatMap((tag) => model.ids[tag] ?? [])
  return ids.length === 0 ? 'nowhere' : dice.pick(ids)
}

/** As often as they stand here. */
const KINDS = [job, job, job, job, job, publish, publish, signal, advance, advance, setVariables, userTask, modify, migrate, resolveIncident]
