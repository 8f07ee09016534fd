import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cleaning, cli, folderOf, serve } from './cli.test-helper.ts';

/** A process with a job, an error, a user task, and a wait for a message, a signal or a timer; and one that ends at once. */
const MODELS = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <error id="E" errorCode="CARD_REFUSED"/>
  <message id="M" name="Paid"><extensionElements><zeebe:subscription correlationKey="=orderId"/></extensionElements></message>
  <signal id="S" name="ShopClosed"/>
  <process id="order" isExecutable="true">
    <startEvent id="placed"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="placed" targetRef="pay"/>
    <serviceTask id="pay" name="Take the money"><extensionElements><zeebe:taskDefinition type="payment" retries="2"/>
      <zeebe:taskHeaders><zeebe:header key="bank" value="b1"/></zeebe:taskHeaders></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></serviceTask>
    <boundaryEvent id="refused" attachedToRef="pay"><outgoing>f5</outgoing><errorEventDefinition errorRef="E"/></boundaryEvent>
    <sequenceFlow id="f5" sourceRef="refused" targetRef="sorry"/>
    <endEvent id="sorry"><incoming>f5</incoming></endEvent>
    <sequenceFlow id="f2" sourceRef="pay" targetRef="approve"/>
    <userTask id="approve" name="Approve"><extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="managers"/></extensionElements>
      <incoming>f2</incoming><outgoing>f3</outgoing></userTask>
    <sequenceFlow id="f3" sourceRef="approve" targetRef="wait"/>
    <eventBasedGateway id="wait"><incoming>f3</incoming><outgoing>g1</outgoing><outgoing>g2</outgoing><outgoing>g3</outgoing></eventBasedGateway>
    <sequenceFlow id="g1" sourceRef="wait" targetRef="paid"/>
    <sequenceFlow id="g2" sourceRef="wait" targetRef="closed"/>
    <sequenceFlow id="g3" sourceRef="wait" targetRef="late"/>
    <intermediateCatchEvent id="paid"><incoming>g1</incoming><outgoing>h1</outgoing><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
    <intermediateCatchEvent id="closed"><incoming>g2</incoming><outgoing>h2</outgoing><signalEventDefinition signalRef="S"/></intermediateCatchEvent>
    <intermediateCatchEvent id="late"><incoming>g3</incoming><outgoing>h3</outgoing>
      <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <sequenceFlow id="h1" sourceRef="paid" targetRef="done"/>
    <sequenceFlow id="h2" sourceRef="closed" targetRef="shut"/>
    <sequenceFlow id="h3" sourceRef="late" targetRef="over"/>
    <endEvent id="done"><incoming>h1</incoming></endEvent>
    <endEvent id="shut"><incoming>h2</incoming></endEvent>
    <endEvent id="over"><incoming>h3</incoming></endEvent>
  </process>
  <process id="price" isExecutable="true">
    <startEvent id="p1"><outgoing>q1</outgoing></startEvent>
    <sequenceFlow id="q1" sourceRef="p1" targetRef="sum"/>
    <scriptTask id="sum"><extensionElements><zeebe:script expression="=amount * 2" resultVariable="total"/></extensionElements>
      <incoming>q1</incoming><outgoing>q2</outgoing></scriptTask>
    <sequenceFlow id="q2" sourceRef="sum" targetRef="p2"/>
    <endEvent id="p2"><incoming>q2</incoming></endEvent>
  </process>
</definitions>`;

const DECISION = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="shop" name="shop" namespace="t">
  <decision id="discount" name="Discount"><decisionTable id="table" hitPolicy="FIRST">
    <input id="i1" label="amount"><inputExpression id="e1"><text>amount</text></inputExpression></input>
    <output id="o1" name="percent"/>
    <rule id="r1"><inputEntry id="a1"><text>&gt; 100</text></inputEntry><outputEntry id="b1"><text>10</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="a2"><text>-</text></inputEntry><outputEntry id="b2"><text>0</text></outputEntry></rule>
  </decisionTable></decision>
  <decision id="broken" name="Broken"><literalExpression id="l"><text>assert(amount, amount &gt; 5, "too small")</text></literalExpression></decision>
</definitions>`;

/** A running server with the models, and commands that talk to it. */
export class Shop {
  readonly folder: string;
  readonly url: string;

  private constructor(folder: string, url: string) {
    this.folder = folder;
    this.url = url;
  }

  static async open(suite: Cleaning): Promise<Shop> {
    const folder = folderOf(suite);
    const { url } = await serve(suite, join(folder, 'data'));
    const shop = new Shop(folder, url);
    const deployed = await shop.tutti(
      'deploy',
      shop.file('shop.bpmn', MODELS),
      shop.file('shop.dmn', DECISION),
    );
    if (deployed.code !== 0) throw new Error(deployed.err);
    return shop;
  }

  file(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  tutti(...args: string[]) {
    return cli(...args, '--url', this.url);
  }

  /** What a list prints with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: each list has members of its own
  async list(...args: string[]): Promise<any[]> {
    const { out } = await this.tutti(...args, '--json');
    return out === '' ? [] : out.split('\n').map((line) => JSON.parse(line));
  }

  /** Starts an order, and answers its key and that of its job. */
  async order(orderId: string): Promise<{ key: string; job: string }> {
    const { out } = await this.tutti('start', 'order', '--var', `orderId=${orderId}`, '--json');
    const key: string = JSON.parse(out).processInstanceKey;
    const [job] = await this.list('jobs', '--instance', key);
    return { key, job: job.jobKey };
  }
}
