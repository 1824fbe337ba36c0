/** The gdb command: where it listens, whom it serves, when it ends. What it says to gdb is tested elsewhere. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { packet } from '../replay/gdb/support/gdbClient.js';
import { GdbServer } from './support/gdbServer.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
const digest = () => createHash('sha256').update(readFileSync(TRACE)).digest('hex');

class Line {
  readonly #socket: Socket;
  #text = '';
  #heard: () => void = () => {};
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1');
      this.#heard();
    });
  }

  send(data: string): void {
    this.#socket.write(packet(data));
  }

  /** The answer to a packet, with its acknowledgement. */
  async ask(data: string): Promise<string> {
    this.send(data);
    for (;;) {
      const [whole, answer] = /\+\$([^#]*)#../s.exec(this.#text) ?? [];
      if (whole !== undefined) {
        this.#text = '';
        return answer!;
      }
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  cut(): void {
    this.#socket.destroy();
  }
}

const pcOf = (stop: string): string => /08:(\w{8})/.exec(stop)![1]!;

describe('gdb', () => {
  it('says where it listens, on this host only, and serves one after the other', async () => {
    const before = digest();
    const server = new GdbServer(TRACE, '--port', '0');
    const port = await server.port();
    expect(server.host.err).toBe(
      `rewind86: listening on 127.0.0.1:${port}; gdb -ex 'target remote :${port}'\n`,
    );
    const first = new Line(port);
    expect(pcOf(await first.ask('?'))).toBe('f0ffffff');
    const stepped = pcOf(await first.ask('vCont;s'));
    expect(stepped).not.toBe('f0ffffff');
    expect(await first.ask('D')).toBe('OK');
    await first.closed;
    // The next one finds the run where the first has left it. It ends it, and means the session.
    const second = new Line(port);
    expect(pcOf(await second.ask('?'))).toBe(stepped);
    second.send('k');
    await second.closed;
    const third = new Line(port);
    expect(pcOf(await third.ask('?'))).toBe(stepped);
    expect(await server.end()).toBe(130);
    await third.closed;
    expect(server.host.out).toBe('');
    expect(digest()).toBe(before);
  });

  it('gives up what is under way when the line is cut, and serves the next', async () => {
    const server = new GdbServer(TRACE, '--port', '0');
    const port = await server.port();
    const first = new Line(port);
    await first.ask('?');
    await first.ask('Z0,12345678,1');
    first.send('vCont;c');
    first.cut();
    const second = new Line(port);
    expect(await second.ask('?')).toMatch(/^T05/);
    expect(await second.ask('bs')).toMatch(/^T05/);
    expect(await server.end()).toBe(130);
  });

  it('ends with the first gdb if told to', async () => {
    const server = new GdbServer(TRACE, '--port', '0', '--once');
    const line = new Line(await server.port());
    expect(await line.ask('D')).toBe('OK');
    expect(await server.exit).toBe(0);
  });

  it('says that a port is taken', async () => {
    const server = new GdbServer(TRACE, '--port', '0');
    const port = await server.port();
    const other = new GdbServer(TRACE, '--port', `${port}`);
    expect(await other.exit).toBe(69);
    expect(other.host.err).toBe(
      `rewind86: cannot listen on port ${port}: somebody else listens there; --port 0 takes one that is free\n`,
    );
    await server.end();
  });

  it('talks over standard input and output, and says nothing else there', async () => {
    const server = new GdbServer(TRACE, '--stdio');
    await server.feed(packet('qC') + packet('D'));
    expect(await server.exit).toBe(0);
    expect(server.host.out).toBe(`++${packet('QC1')}${packet('OK')}`);
    expect(server.host.err).toBe('');
  });

  it('ends when standard input ends', async () => {
    const server = new GdbServer(TRACE, '--stdio');
    await server.feed('');
    server.host.stdin.emit('end');
    expect(await server.exit).toBe(0);
  });

  it('says no in one line', async () => {
    const nothing = new GdbServer('/nowhere.rewind');
    expect(await nothing.exit).toBe(66);
    expect(nothing.host.err).toBe('rewind86: cannot read /nowhere.rewind: no such file or directory\n');
    const port = new GdbServer(TRACE, '--port', '65536');
    expect(await port.exit).toBe(64);
    expect(port.host.err).toMatch(/^rewind86: .*whole number from 0 to 65535.*\n$/);
  });
});
