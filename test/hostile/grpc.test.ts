import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { attackAll, openVictim } from '../support/grpc-attack.ts';
import { answerOf, framed } from '../support/grpc-wire.ts';
import { encode } from '../support/protobuf.ts';

const TOPOLOGY = '/gateway_protocol.Gateway/Topology';
const CREATE = 'CreateProcessInstance';
const EMPTY = framed(encode());

describe('whatever comes to the gRPC port, it answers with a status, loses nothing and goes on', () => {
  it('random messages to every rpc', { timeout: 120_000 }, async (t) => {
    const victim = await openVictim(t);
    assert.deepEqual(await attackAll(victim, 20261125, 25), []);
  });

  it('messages that are longer than they may be, or say so, or end early', async (t) => {
    const victim = await openVictim(t);
    const wire = victim.wire();
    const large = encode([4, `{"a":"${'x'.repeat(5_000_000)}"}`]);
    assert.equal((await wire.send(CREATE, framed(large))).status, status.RESOURCE_EXHAUSTED);
    for (const bytes of [
      framed(Buffer.alloc(3), 0, 2 ** 32 - 1),
      framed(Buffer.alloc(3), 0, 100),
      Buffer.from([0, 0]),
      Buffer.alloc(0),
    ]) {
      const { status: told, ended } = await victim.wire().send(CREATE, bytes);
      assert.equal(ended, 'answered', bytes.toString('hex'));
      assert.notEqual(told, status.OK);
    }
    const twice = await victim.wire().send('Topology', Buffer.concat([EMPTY, EMPTY]));
    assert.equal(twice.ended, 'answered');
  });

  it('flags of compression that mean nothing, and what unpacks to far more', async (t) => {
    const victim = await openVictim(t);
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const sent = [
      { bytes: framed(encode(), 1), headers: {} },
      { bytes: framed(encode(), 2), headers: {} },
      { bytes: framed(encode(), 255), headers: {} },
      { bytes: framed(encode(), 1), headers: { 'grpc-encoding': 'snappy' } },
      { bytes: framed(Buffer.from('no gzip'), 1), headers: { 'grpc-encoding': 'gzip' } },
      { bytes: framed(bomb, 1), headers: { 'grpc-encoding': 'gzip' } },
    ];
    for (const { bytes, headers } of sent) {
      const answer = await victim.wire().send(CREATE, bytes, { headers, patienceMs: 10_000 });
      assert.equal(answer.ended, 'answered', JSON.stringify([bytes.subarray(0, 8).toString('hex'), headers]));
      assert.notEqual(answer.status, status.OK);
    }
    const growth = Math.round((process.memoryUsage().rss - before) / 1024 / 1024);
    assert.ok(growth < 100, `unpacking took ${growth} MiB`);
    const fine = await victim.wire().send('Topology', framed(gzipSync(encode()), 1), {
      headers: { 'grpc-encoding': 'gzip' },
    });
    assert.equal(fine.status, status.OK);
  });

  it('rpcs, types and times that there are not', async (t) => {
    const victim = await openVictim(t);
    assert.equal((await victim.wire().send('Nothing', EMPTY)).status, status.UNIMPLEMENTED);
    const other = victim.wire().open(TOPOLOGY, { 'content-type': 'text/plain' });
    other.end(EMPTY);
    assert.equal((await answerOf(other)).http, 415);
    for (const time of ['', 'x', '-1S', '99999999999999999S', '1', '0n']) {
      const { ended } = await victim.wire().send('Topology', EMPTY, { headers: { 'grpc-timeout': time } });
      assert.notEqual(ended, 'too late', time);
    }
  });

  it('streams that begin and never end, and streams that are reset at once', {
    timeout: 60_000,
  }, async (t) => {
    const victim = await openVictim(t);
    const half = victim.wire();
    for (let number = 0; number < 500; number++)
      half.open(`/gateway_protocol.Gateway/${CREATE}`).write(framed(Buffer.alloc(10), 0, 5000));
    assert.equal((await victim.wire().send('Topology', EMPTY)).status, status.OK);
    for (let connection = 0; connection < 5; connection++) {
      const wire = victim.wire();
      for (let number = 0; number < 2000 && !wire.session.destroyed; number++) {
        const stream = wire.open('/gateway_protocol.Gateway/ActivateJobs');
        stream.end(framed(encode([1, `reset-${number}`], [2, 'w'], [3, 60_000], [4, 1], [6, 600_000])));
        stream.close(constants.NGHTTP2_CANCEL);
      }
      await wire.close();
    }
    await half.close();
    assert.equal((await victim.wire().send('Topology', EMPTY)).status, status.OK);
  });

  it('headers without end', { timeout: 60_000 }, async (t) => {
    const victim = await openVictim(t);
    const bombs: Record<string, string>[] = [
      { bomb: 'x'.repeat(1_000_000) },
      Object.fromEntries(Array.from({ length: 5000 }, (_, number) => [`x-${number}`, 'y'.repeat(100)])),
    ];
    for (const headers of bombs) {
      const { ended, status: told } = await victim.wire().send('Topology', EMPTY, { headers });
      assert.notEqual(ended, 'too late');
      assert.notEqual(told, status.OK);
    }
    // Frames that continue the headers for ever, by hand.
    const [host, port] = victim.address.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(frame(4, 0, 0, Buffer.alloc(0)));
    socket.write(frame(1, 0, 1, Buffer.alloc(0)));
    const more = frame(9, 0, 1, Buffer.concat([Buffer.from([0, 1, 0x78, 100]), Buffer.alloc(100, 0x79)]));
    const flood = async () => {
      while (!socket.destroyed) {
        if (!socket.write(Buffer.concat(Array(100).fill(more)))) {
          await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
        }
      }
    };
    await Promise.all([flood(), closed]);
  });

  it('connections that break within a frame', async (t) => {
    const victim = await openVictim(t);
    const [host, port] = victim.address.split(':');
    for (const bytes of [
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM'),
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame(4, 0, 0, Buffer.alloc(0)),
        Buffer.from([0, 64, 0, 0]),
      ]),
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(0, 1, 7, Buffer.from('x'))]),
      Buffer.alloc(10_000, 0xff),
    ]) {
      const socket = connect(Number(port), host);
      socket.on('error', () => undefined);
      socket.resume();
      await once(socket, 'connect');
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.end(bytes);
      await closed;
    }
  });
});

/** A frame of HTTP/2. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
