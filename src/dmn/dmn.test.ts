import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromJson, scopeOf } from '../feel/index.ts';
import { CompiledDecisions, type DecisionGraph, parseDmn, whyNoModel } from './index.ts';
import { mutableMapOrder } from './model/order.ts';

const NAMESPACE = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

function model(parts: string): string {
  return `<definitions xmlns="${NAMESPACE}" id="drg" name="Graph" namespace="test">${parts}</definitions>`;
}

function literal(id: string, text: string, requires: readonly string[] = []): string {
  const needs = requires.map(
    (other) => `<informationRequirement><requiredDecision href="#${other}" /></informationRequirement>`,
  );
  const logic = `<literalExpression><text>${text}</text></literalExpression>`;
  return `<decision id="${id}" name="${id}"><variable name="${id}" />${needs.join('')}${logic}</decision>`;
}

function graphOf(xml: string): DecisionGraph {
  const parsed = parseDmn('d.dmn', xml);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
  return parsed.graph;
}

function evaluate(xml: string, id: string, variables: Readonly<Record<string, unknown>> = {}) {
  const values = Object.entries(variables).map(
    ([name, value]) => [name, fromJson(JSON.stringify(value))] as const,
  );
  return new CompiledDecisions(graphOf(xml)).evaluate(id, scopeOf(new Map(values)), { nowMs: () => 0 });
}

function refusal(xml: string): string {
  const parsed = parseDmn('d.dmn', xml);
  assert.ok(!parsed.ok);
  return parsed.problems;
}

test('a table of 10,000 rules finds the one that matches', () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, index) =>
      `<rule id="r${index}"><inputEntry><text>${index}</text></inputEntry>` +
      `<outputEntry><text>${index} * 2</text></outputEntry></rule>`,
  );
  const input = '<input id="i"><inputExpression><text>x</text></inputExpression></input>';
  const table = `<decisionTable>${input}<output id="o" name="o" />${rules.join('')}</decisionTable>`;
  const result = evaluate(model(`<decision id="d" name="d">${table}</decision>`), 'd', { x: 9_999 });
  assert.ok(result.ok);
  assert.equal(result.output, '19998');
  assert.equal(result.evaluated[0]?.matchedRules[0]?.ruleId, 'r9999');
});

test('a chain of 5,000 decisions is evaluated without a deep stack', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) =>
    index === 0 ? literal('d0', 'x') : literal(`d${index}`, `d${index - 1} + 1`, [`d${index - 1}`]),
  );
  const result = evaluate(model(chain.reverse().join('')), 'd4999', { x: 1 });
  assert.ok(result.ok);
  assert.equal(result.output, '5000');
  assert.equal(result.evaluated.length, 5_000);
});

test('a graph that would evaluate too much is stopped with a reason', () => {
  // Each level requires the one below twice: 2 ** 40 evaluations.
  const levels = Array.from({ length: 40 }, (_, index) =>
    index === 0 ? literal('d0', '1') : literal(`d${index}`, '1', [`d${index - 1}`, `d${index - 1}`]),
  );
  const result = evaluate(model(levels.join('')), 'd39');
  assert.ok(!result.ok);
  assert.match(result.message, /^Expected to evaluate decision 'd39', but it takes more than 10000 /);
});

test('knowledge that is called too often is stopped', () => {
  const body = '<literalExpression><text>for i in 1..20000 return f(i)</text></literalExpression>';
  const knows = '<knowledgeRequirement><requiredKnowledge href="#f" /></knowledgeRequirement>';
  const knowledge =
    '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="a" />' +
    '<literalExpression><text>a</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>';
  const result = evaluate(model(`${knowledge}<decision id="d" name="d">${knows}${body}</decision>`), 'd');
  assert.ok(!result.ok);
  assert.match(result.message, /more than 10000/);
});

test('what is no DMN is refused with Zeebe’s text, and the reason is told beside', () => {
  const deep = '<list>'.repeat(300) + '</list>'.repeat(300);
  const cases: readonly (readonly [xml: string, why: RegExp])[] = [
    ['', /premature end of file/],
    ['Hello', /text outside of the root/],
    ['<a><b></a>', /'a' stands where 'b' must be closed/],
    ['<a', /does not end as a tag must/],
    ['<a b="1" b="2"/>', /given twice/],
    ['<a>&lol;</a>', /'&' is no entity/],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a/>', /DOCTYPE is disallowed/],
    ['<p:a/>', /prefix 'p' is not declared/],
    ['<a/><b/>', /more than one root/],
    ['<a>'.repeat(100_000), /nested more than 200 deep/],
    [' '.repeat(5_000_000), /at most 4194304 are allowed/],
    ['<definitions xmlns="http://example.com" />', /not 'definitions' of a version of DMN/],
    [model('<decision id="d" />'), /'decision' needs the attribute 'name'/],
    [model('<decision id="d" name="d"><strange /></decision>'), /cannot hold 'strange'/],
    [model(`<decision id="d" name="d">${deep}</decision>`), /nested more than 200 deep/],
    [model(literal('d', '1') + literal('d', '2')), /the id 'd' is used twice/],
  ];
  for (const [xml, why] of cases) {
    assert.equal(
      refusal(xml),
      "'d.dmn': Failed to parse DMN: org.camunda.bpm.model.dmn.DmnModelException: Unable to parse model",
    );
    assert.match(whyNoModel(xml) ?? '', why);
  }
});

test('a long cycle is found without a deep stack', () => {
  const ring = Array.from({ length: 5_000 }, (_, index) =>
    literal(`d${index}`, '1', [`d${(index + 1) % 5_000}`]),
  );
  assert.equal(
    refusal(model(ring.join(''))),
    "'d.dmn': Invalid DMN model: Cyclic dependencies between decisions detected.",
  );
});

test('no text makes the reader throw, and what it takes it takes as a graph', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/>',
    '</',
    '<decision id="a" name="b">',
    '</decision>',
    '<literalExpression><text>1</text></literalExpression>',
    '<list>',
    '</list>',
    '<context><contextEntry>',
    '<variable name="v"/>',
    '</contextEntry></context>',
    '<decisionTable><output/>',
    '<rule><inputEntry/><outputEntry/></rule>',
    '</decisionTable>',
    '<invocation>',
    '</invocation>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&amp;',
    '&#x110000;',
    '"',
    ' x="y"',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const parsed = parseDmn('d.dmn', model(pieces.join('')));
      if (!parsed.ok) return parsed.problems.startsWith("'d.dmn': ");
      const compiled = new CompiledDecisions(parsed.graph);
      for (const { id } of parsed.graph.decisions) compiled.evaluate(id, scopeOf({}), { nowMs: () => 0 });
      return true;
    }),
    { numRuns: 2_000 },
  );
});

test('the order of decisions is that of a hash table of Scala, and keeps all of them', () => {
  // As recorded from Zeebe 8.6, with fewer and with more names than the first table has room for.
  assert.deepEqual(mutableMapOrder(['dm-ver-a', 'dm-ver-b']), ['dm-ver-b', 'dm-ver-a']);
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), (keys) => {
      assert.deepEqual(mutableMapOrder(keys).toSorted(), keys.toSorted());
      assert.deepEqual(mutableMapOrder(keys.toReversed()).toSorted(), keys.toSorted());
    }),
  );
});
