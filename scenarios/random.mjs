#!/usr/bin/env node
// Writes random scenarios, to be recorded and compared. See README.md.
//
//   node random.mjs SEED COUNT FOLDER

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Dice, RandomModel } from './recorder/random-model.mjs'
import { randomSteps } from './recorder/random-steps.mjs'

const [seed, count, folder] = process.argv.slice(2)
if (!(Number(seed) >= 0) || !(Number(count) > 0) || folder === undefined) {
  console.error('node random.mjs SEED COUNT FOLDER: SEED and COUNT are whole numbers, FOLDER is made if it is not there')
  process.exit(2)
}
for (let each = Number(seed); each < Number(seed) + Number(count); each++) {
  const dice = new Dice(each)
  const model = new RandomModel(dice, `random-${each}`)
  const place = join(folder, 'random', String(each))
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'p.bpmn'), model.xml())
  const steps = randomSteps(dice, model).map((step) => `    ${JSON.stringify(step)}`)
  writeFileSync(join(place, 'scenario.json'), `{\n  "title": "Random ${each}",\n  "steps": [\n${steps.join(',\n')}\n  ]\n}\n`)
}
