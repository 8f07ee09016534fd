import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_OPTIONS, OptionError, parseOptions, resolveOptions } from './options.ts';

const refused = (args: readonly string[], text: RegExp, environment = {}) =>
  assert.throws(
    () => parseOptions(args, environment),
    (error) => error instanceof OptionError && text.test(error.message),
  );

describe('Options', () => {
  it('are the documented defaults when nothing is given', () => {
    assert.deepEqual(parseOptions([], {}), DEFAULT_OPTIONS);
  });

  it('are taken from flags, with the value behind a blank or an equals sign', () => {
    const options = parseOptions(
      ['--data', '/tmp/x', '--http=0', '--grpc', '0', '--clock', 'controllable'],
      {},
    );
    assert.equal(options.data, '/tmp/x');
    assert.deepEqual([options.http, options.grpc, options.clock], [0, 0, 'controllable']);
  });

  it('are taken from the environment where no flag is given', () => {
    const options = parseOptions(['--http', '1'], {
      TUTTI_HTTP: '2',
      TUTTI_GRPC: '3',
      TUTTI_ALLOW_TARGET: 'a.example:80, b.example',
    });
    assert.deepEqual([options.http, options.grpc], [1, 3]);
    assert.deepEqual(options.allowTargets, ['a.example:80', 'b.example']);
  });

  it('turn the old meaning of the activity extensions on and off', () => {
    assert.equal(parseOptions(['--legacy-activity-ids', 'yes'], {}).legacyActivityIds, true);
    assert.equal(parseOptions([], { TUTTI_LEGACY_ACTIVITY_IDS: 'no' }).legacyActivityIds, false);
    refused(['--legacy-activity-ids', 'maybe'], /must be 'yes' or 'no', but was 'maybe'/);
  });

  it('map hosts that models name', () => {
    const { hostMap } = parseOptions(
      ['--host-map', 'tickets=127.0.0.1:8082', '--host-map', 'http://pay:80=http://[::1]:1'],
      {},
    );
    assert.deepEqual(hostMap, [
      { from: 'tickets', to: '127.0.0.1:8082' },
      { from: 'http://pay:80', to: 'http://[::1]:1' },
    ]);
  });

  it('are refused with the option that was probably meant', () => {
    refused(['--htpp', '1'], /Unknown option --htpp; did you mean --http\?/);
    refused(['--something-else', '1'], /known are --data/);
    assert.throws(() => resolveOptions({ htttp: 1 } as object), /did you mean http\?/);
  });

  it('bound the bytes of a request with events and the events of a batch', () => {
    const options = parseOptions(['--max-event-bytes', '65536'], { TUTTI_MAX_BATCH: '7' });
    assert.deepEqual([options.maxEventBytes, options.maxBatch], [65536, 7]);
    refused(['--max-event-bytes', '65535'], /must be an integer from 65536 to 67108864, but was '65535'/);
    refused(['--max-event-bytes', '1e6'], /must be an integer/);
    refused(['--max-batch', '0'], /--max-batch must be an integer from 1/);
    assert.throws(() => resolveOptions({ maxEventBytes: 1 }), /maxEventBytes must be an integer from 65536/);
    assert.throws(() => resolveOptions({ maxBatch: 1.5 }), /maxBatch must be an integer/);
  });

  it('name a dead-letter sink, which must be an http address', () => {
    const sink = 'http://127.0.0.1:8090/dead';
    assert.equal(parseOptions(['--dead-letter-sink', sink], {}).deadLetterSink, sink);
    assert.throws(
      () => parseOptions(['--dead-letter-sink', 'dead'], {}),
      /--dead-letter-sink must be an http/,
    );
  });

  it('are refused with what they should be', () => {
    refused(['--http', 'x'], /--http must be a port from 0 to 65535, but was 'x'/);
    refused(['--http', '70000'], /--http must be a port/);
    refused(['--http'], /--http needs a value/);
    refused(['--data', ''], /--data must be a folder/);
    refused(['--clock', 'fast'], /'system' or 'controllable'/);
    refused(['--host-map', 'a'], /FROM=TO/);
    refused(['--allow-target', 'http://a/b'], /HOST, HOST:PORT or/);
    refused(['--allow-origin', 'a'], /origin such as/);
    refused(['--http', '1', '--http', '2'], /given twice/);
    refused(['--http', '5', '--grpc', '5'], /cannot share port 5/);
    refused(['serve'], /Unexpected argument 'serve'/);
    refused([], /--grpc must be a port/, { TUTTI_GRPC: 'y' });
    assert.throws(() => resolveOptions({ http: -1 }), /http must be a port/);
  });
});
