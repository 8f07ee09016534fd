// Random models: valid BPMN of all that can wait, catch, throw and nest, made of a seed.

const NAMESPACES =
  'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
/** Blocks nest no deeper. */
const DEEPEST = 3

/** mulberry32: numbers from 0 to below 1, always the same ones for a seed. */
export function seededRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class Dice {
  #random
  constructor(seed) {
    this.#random = seededRandom(seed)
  }
  chance(probability) {
    return this.#random() < probability
  }
  /** From `least` to `most`, both included. */
  whole(least, most) {
    return least + Math.floor(this.#random() * (most - least + 1))
  }
  pick(items) {
    return items[this.whole(0, items.length - 1)]
  }
  shuffle(items) {
    return items.map((item) => [this.#random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item)
  }
}

/** Makes one model. Afterwards `types` are its job types, `userTasks` and `ids` its elements, by which steps name them. */
export class RandomModel {
  types = []
  userTasks = []
  /** Ids of elements by tag. */
  ids = {}
  #dice
  #count = 0
  #referenced = new Set()
  #calls = false

  constructor(dice, processId) {
    this.#dice = dice
    this.processId = processId
  }

  /** The whole file. */
  xml() {
    let processes = processOf(this.processId, this.#render(this.#scope(0)))
    // A child calls another child only if there is none yet: the depth of calls is bounded.
    if (this.#calls) processes += processOf(this.childId, this.#render(this.#scope(2, false)))
    const definitions = [...this.#referenced].sort().map((name) => this.#definition(name)).join('')
    return `<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions ${NAMESPACES} id="definitions-${this.processId}" targetNamespace="tutti">${processes}${definitions}</bpmn:definitions>\n`
  }

  get childId() {
    return `${this.processId}-child`
  }

  #definition(name) {
    switch (name[0]) {
      case 'm':
        return `<bpmn:message id="${name}" name="${this.processId}-${name}"><bpmn:extensionElements><zeebe:subscription correlationKey="=k" /></bpmn:extensionElements></bpmn:message>`
      case 's':
        return `<bpmn:signal id="${name}" name="${this.processId}-${name}" />`
      case 'E':
        return `<bpmn:error id="${name}" errorCode="${name}" />`
      default:
        return `<bpmn:escalation id="${name}" escalationCode="${name}" />`
    }
  }

  #id(prefix) {
    this.#count += 1
    return `${prefix}${this.#count}`
  }

  // --- Events

  #event(kind, { cycle = false, any = true } = {}) {
    const id = this.#id('definition')
    switch (kind) {
      case 'timer': {
        const after = this.#dice.pick(['PT5S', 'PT10S', 'PT20S'])
        const [tag, text] = cycle && this.#dice.chance(0.4) ? ['timeCycle', `R2/${after}`] : ['timeDuration', after]
        return `<bpmn:timerEventDefinition id="${id}"><bpmn:${tag} xsi:type="bpmn:tFormalExpression">${text}</bpmn:${tag}></bpmn:timerEventDefinition>`
      }
      case 'terminate':
        return `<bpmn:terminateEventDefinition id="${id}" />`
      case 'compensation':
        return `<bpmn:compensateEventDefinition id="${id}" />`
      case 'none':
        return ''
      default: {
        const catchesAny = any && (kind === 'error' || kind === 'escalation') && this.#dice.chance(0.25)
        const reference = catchesAny ? '' : ` ${kind}Ref="${this.#reference(kind)}"`
        return `<bpmn:${kind}EventDefinition id="${id}"${reference} />`
      }
    }
  }

  #reference(kind) {
    const names = { message: ['m1', 'm2', 'm3'], signal: ['s1', 's2'], error: ['E1', 'E2'], escalation: ['C1', 'C2'] }
    const name = this.#dice.pick(names[kind])
    this.#referenced.add(name)
    return name
  }

  // --- Scopes: nodes, and flows [id, from, to, condition]

  #scope(depth, events = true) {
    const scope = { nodes: [], flows: [], rest: [] }
    this.#chain(scope, this.#node(scope, 'startEvent', 'start'), depth, this.#dice.whole(1, depth < 2 ? 3 : 2))
    if (events && this.#dice.chance(depth < 2 ? 0.5 : 0.3)) this.#eventSubProcess(scope, depth)
    return scope
  }

  #eventSubProcess(scope, depth) {
    const kind = this.#dice.pick(['timer', 'message', 'signal', 'error', 'escalation', 'message', 'signal'])
    const interrupting = kind === 'error' || this.#dice.chance(0.6)
    const inner = { nodes: [], flows: [], rest: [] }
    const attributes = interrupting ? '' : 'isInterrupting="false"'
    const start = this.#node(inner, 'startEvent', 'estart', { attributes, inner: this.#event(kind, { cycle: !interrupting }) })
    this.#chain(inner, start, depth + 1, 1)
    this.#node(scope, 'subProcess', 'es', { attributes: 'triggeredByEvent="true"', inner: this.#render(inner) })
  }

  #node(scope, tag, prefix, { attributes = '', extensions = '', inner = '', from } = {}) {
    const id = this.#id(prefix)
    scope.nodes.push({ id, tag, attributes, extensions, inner })
    ;(this.ids[tag] ??= []).push(id)
    if (from !== undefined) this.#flow(scope, from, id)
    return id
  }

  #flow(scope, from, to, condition) {
    scope.flows.push([this.#id('f'), from, to, condition])
  }

  #chain(scope, from, depth, length, ends = true) {
    let at = from
    for (let block = 0; block < length; block++) at = this.#block(scope, at, depth)
    if (ends) {
      const kinds = ['error', 'escalation', 'terminate', 'compensation', 'signal']
      const kind = this.#dice.chance(0.3) ? this.#dice.pick(kinds) : 'none'
      this.#node(scope, 'endEvent', 'end', { inner: this.#event(kind, { any: false }), from: at })
    }
    return at
  }

  #block(scope, from, depth) {
    const dice = this.#dice
    const simple = { task: 30, catch: 6, throw: 6, script: 4, receive: 4 }
    const nesting = { sub: 12, parallel: 10, exclusive: 8, inclusive: 8, race: 6, call: 6 }
    switch (weighted(dice, depth < DEEPEST ? { ...simple, ...nesting } : simple)) {
      case 'task': {
        const task = this.#task(scope, from)
        if (depth < DEEPEST) this.#boundaryEvents(scope, task, false)
        return task
      }
      case 'catch':
        return this.#node(scope, 'intermediateCatchEvent', 'c', { inner: this.#event(dice.pick(['timer', 'message', 'signal'])), from })
      case 'throw':
        return this.#node(scope, 'intermediateThrowEvent', 'th', { inner: this.#event(dice.pick(['escalation', 'signal', 'none', 'compensation']), { any: false }), from })
      case 'script': {
        const script = `<zeebe:script expression="${dice.pick(['=x+1', '=[1,2]', '=y.z'])}" resultVariable="${dice.pick(['x', 'r'])}" />`
        return this.#node(scope, 'scriptTask', 'sc', { extensions: script, from })
      }
      case 'receive':
        return this.#node(scope, 'receiveTask', 'rt', { attributes: `messageRef="${this.#reference('message')}"`, from })
      case 'sub': {
        const inner = this.#loop() + this.#render(this.#scope(depth + 1))
        const sub = this.#node(scope, 'subProcess', 'sub', { extensions: this.#mappings() + this.#listeners(), inner, from })
        this.#boundaryEvents(scope, sub, true)
        return sub
      }
      case 'parallel': {
        const fork = this.#node(scope, 'parallelGateway', 'fork', { from })
        const joins = dice.chance(0.8)
        const ends = Array.from({ length: dice.pick([2, 2, 3]) }, () =>
          dice.chance(0.85) ? this.#chain(scope, fork, depth + 1, 1, !joins) : fork,
        )
        return joins ? this.#join(scope, 'parallelGateway', ends) : this.#task(scope, fork)
      }
      case 'exclusive': {
        const gateway = this.#node(scope, 'exclusiveGateway', 'xor', { from })
        const branch = this.#branch(scope, gateway, depth, ['=x > 1', '=x = 1', '=b', '=q'])
        const merge = this.#join(scope, 'exclusiveGateway', [branch])
        if (dice.chance(0.4)) this.#node(scope, 'endEvent', 'end', { inner: this.#event(dice.pick(['error', 'terminate', 'none']), { any: false }), from: gateway })
        else this.#flow(scope, gateway, merge)
        scope.nodes.find(({ id }) => id === gateway).attributes = `default="${scope.flows.at(-1)[0]}"`
        return merge
      }
      case 'inclusive': {
        const gateway = this.#node(scope, 'inclusiveGateway', 'inc', { from })
        const conditions = ['=x >= 1', '=b', '=true', '=x > 5']
        return this.#join(scope, 'inclusiveGateway', [1, 2].map(() => this.#branch(scope, gateway, depth, conditions)))
      }
      case 'race': {
        const gateway = this.#node(scope, 'eventBasedGateway', 'ebg', { from })
        const kinds = dice.shuffle(['timer', 'message', 'signal']).slice(0, 2)
        return this.#join(scope, 'exclusiveGateway', kinds.map((kind) => this.#node(scope, 'intermediateCatchEvent', 'ec', { inner: this.#event(kind), from: gateway })))
      }
      case 'call': {
        this.#calls = true
        const propagation = dice.pick(['', ' propagateAllChildVariables="false"', ' propagateAllParentVariables="false"'])
        const extensions = `<zeebe:calledElement processId="${this.childId}"${propagation} />${this.#mappings()}`
        const call = this.#node(scope, 'callActivity', 'call', { extensions, inner: this.#loop(), from })
        this.#boundaryEvents(scope, call, true)
        return call
      }
    }
  }

  /** Its first flow has a condition. */
  #branch(scope, gateway, depth, conditions) {
    const first = scope.flows.length
    const end = this.#chain(scope, gateway, depth + 1, 1, false)
    scope.flows.slice(first).find(([, from]) => from === gateway)[3] = this.#dice.pick(conditions)
    return end
  }

  #join(scope, tag, ends) {
    const join = this.#node(scope, tag, 'join')
    for (const end of ends) this.#flow(scope, end, join)
    return join
  }

  #task(scope, from) {
    if (this.#dice.chance(0.15)) {
      const task = this.#node(scope, 'userTask', 'ut', { extensions: `<zeebe:userTask />${this.#mappings()}`, from })
      this.userTasks.push(task)
      return task
    }
    const type = this.#jobType('t')
    const extensions = `<zeebe:taskDefinition type="${type}" />${this.#mappings()}${this.#listeners()}`
    const task = this.#node(scope, 'serviceTask', 't', { extensions, inner: this.#loop(), from })
    if (this.#dice.chance(0.12)) this.#compensation(scope, task)
    return task
  }

  /** Unique in all models, as jobs of different instances are handed out together. */
  #jobType(prefix) {
    const type = `${this.processId}-${this.#id(prefix)}`
    this.types.push(type)
    return type
  }

  #compensation(scope, task) {
    const event = this.#node(scope, 'boundaryEvent', 'cb', { attributes: `attachedToRef="${task}"`, inner: this.#event('compensation') })
    const handler = this.#node(scope, 'serviceTask', 'h', {
      attributes: 'isForCompensation="true"',
      extensions: `<zeebe:taskDefinition type="${this.#jobType('h')}" />`,
    })
    scope.rest.push(`<bpmn:association id="${this.#id('as')}" associationDirection="One" sourceRef="${event}" targetRef="${handler}" />`)
  }

  #boundaryEvents(scope, at, holds) {
    if (!this.#dice.chance(holds ? 0.5 : 0.35)) return
    const kinds = this.#dice.shuffle(['timer', 'message', 'signal', 'error', ...(holds ? ['escalation'] : [])])
    for (const kind of kinds.slice(0, this.#dice.pick([1, 1, 2]))) {
      const interrupting = kind === 'error' || this.#dice.chance(0.6)
      const attributes = `attachedToRef="${at}"${interrupting ? '' : ' cancelActivity="false"'}`
      const event = this.#node(scope, 'boundaryEvent', 'b', { attributes, inner: this.#event(kind, { cycle: !interrupting }) })
      this.#chain(scope, event, DEEPEST, this.#dice.whole(0, 1))
    }
  }

  #loop() {
    const dice = this.#dice
    if (!dice.chance(0.15)) return ''
    const output = dice.chance(0.5) ? ' outputCollection="res" outputElement="=item"' : ''
    const condition = dice.chance(0.25)
      ? '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">=numberOfCompletedInstances &gt;= 1</bpmn:completionCondition>'
      : ''
    return `<bpmn:multiInstanceLoopCharacteristics id="${this.#id('mi')}" isSequential="${dice.chance(0.5)}"><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"${output} /></bpmn:extensionElements>${condition}</bpmn:multiInstanceLoopCharacteristics>`
  }

  #mappings() {
    const dice = this.#dice
    if (!dice.chance(0.15)) return ''
    const input = `<zeebe:input source="${dice.pick(['=x', '=x+1', '=y', '=a.b'])}" target="${dice.pick(['i', 'x', 'a.c'])}" />`
    const output = `<zeebe:output source="${dice.pick(['=x', '=i', '=r'])}" target="${dice.pick(['o', 'x', 'a.d'])}" />`
    return `<zeebe:ioMapping>${dice.pick([input, output, input + output])}</zeebe:ioMapping>`
  }

  #listeners() {
    if (!this.#dice.chance(0.08)) return ''
    const events = this.#dice.pick([['start'], ['end'], ['start', 'end']])
    const listeners = events.map((event) => `<zeebe:executionListener eventType="${event}" type="${this.#jobType('l')}" />`)
    return `<zeebe:executionListeners>${listeners.join('')}</zeebe:executionListeners>`
  }

  #render({ nodes, flows, rest }) {
    const drawn = nodes.map(({ id, tag, attributes, extensions, inner }) => {
      const incoming = flows.filter(([, , to]) => to === id).map(([flow]) => `<bpmn:incoming>${flow}</bpmn:incoming>`)
      const outgoing = flows.filter(([, from]) => from === id).map(([flow]) => `<bpmn:outgoing>${flow}</bpmn:outgoing>`)
      const extended = extensions === '' ? '' : `<bpmn:extensionElements>${extensions}</bpmn:extensionElements>`
      return `<bpmn:${tag} id="${id}" ${attributes}>${extended}${incoming.join('')}${outgoing.join('')}${inner}</bpmn:${tag}>`
    })
    // Zeebe tries flows from the last in the file to the first.
    const lines = (this.#dice.chance(0.5) ? this.#dice.shuffle(flows) : flows).map(([id, from, to, condition]) => {
      const when = condition === undefined ? '' : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition.replaceAll('>', '&gt;')}</bpmn:conditionExpression>`
      return `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${when}</bpmn:sequenceFlow>`
    })
    return [...drawn, ...lines, ...rest].join('')
  }
}

function processOf(id, content) {
  return `<bpmn:process id="${id}" isExecutable="true">${content}</bpmn:process>`
}

function weighted(dice, weights) {
  let left = dice.whole(1, Object.values(weights).reduce((sum, weight) => sum + weight, 0))
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight
    if (left <= 0) return name
  }
}
