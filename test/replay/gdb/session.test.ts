/** A session over the demo's recording: every answer against the debugger itself, or a fact about the guest. */
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { demoDebugger, label } from './support/demo.js';
import { GdbClient, hex, packet, unhex } from './support/gdbClient.js';

const COUNTER = label('counter');
const LOAD = label('worker.load');
const STORE = label('worker.store');

let debug: Debugger;
let gdb: GdbClient;
/** In the middle of the run, where a worker is about to store what it has just loaded and added to. */
let middle: number;

beforeAll(async () => {
  debug = await demoDebugger();
  debug.timeline.seek(150_000_000);
  debug.timeline.continue({ addresses: new Set([LOAD]) });
  const { clock } = debug;
  debug.timeline.continue({ addresses: new Set([STORE]) });
  middle = debug.clock;
  expect(middle - clock).toBe(2);
});
beforeEach(() => {
  debug.breakpoints.clear();
  debug.timeline.seek(middle);
  gdb = new GdbClient(debug);
  gdb.ask('qSupported:swbreak+;hwbreak+');
});

const address = (value: number): string => value.toString(16);
const counter = (): number => Number(debug.memory.read(COUNTER, 4));
/** The key of a stop reply, and what is behind it. */
const stop = (reply: string) =>
  new Map(
    reply
      .slice(3)
      .split(';')
      .map((pair) => pair.split(':') as [string, string]),
  );
const insert = (type: number, at: number, kind = 1, more = '') =>
  expect(gdb.ask(`Z${type},${address(at)},${kind}${more}`)).toBe('OK');

describe('the line', () => {
  it('is acknowledged until gdb does without', () => {
    gdb.send(packet('?'));
    gdb.settle();
    expect(gdb.take()).toEqual(['+', expect.stringMatching(/^T05/)]);
    gdb.send(packet('QStartNoAckMode'));
    gdb.settle();
    expect(gdb.take()).toEqual(['+', 'OK']);
    gdb.send(packet('qC'));
    gdb.settle();
    expect(gdb.take()).toEqual(['QC1']);
  });

  it('has damaged packets sent again, from either side', () => {
    gdb.send('$qC#00');
    gdb.settle();
    expect(gdb.take()).toEqual(['-']);
    gdb.send(packet('qC'));
    gdb.settle();
    expect(gdb.take()).toEqual(['+', 'QC1']);
    gdb.send('-');
    expect(gdb.take()).toEqual(['QC1']);
    gdb.send('+-');
    expect(gdb.take()).toEqual([]);
  });

  it('is not answered with something old where gdb is tired of waiting', () => {
    expect(gdb.ask('qC')).toBe('QC1');
    gdb.send(packet(`qRcmd,${hex('seek 100000000')}`));
    gdb.take();
    gdb.send('-');
    expect(gdb.take()).toEqual([]);
    gdb.settle();
    expect(gdb.take().at(-1)).toBe('OK');
  });

  it('is answered once if gdb has not waited for the acknowledgement', () => {
    gdb.send(packet('qC') + packet('qC'));
    gdb.settle();
    expect(gdb.take()).toEqual(['+', '+', 'QC1']);
    expect(gdb.ask('qC')).toBe('QC1');
  });

  it('has empty answers to what is not known', () => {
    for (const unknown of [
      'vMustReplyEmpty',
      'qOffsets',
      'qTStatus',
      '!',
      'R00',
      'vRun;',
      'vCont;t',
      'Z9,0,1',
      '',
    ]) {
      expect(gdb.ask(unknown), unknown).toBe('');
    }
  });

  it('is answered once a packet, whatever the packet', () => {
    const letters = fc.constantFrom(
      'g',
      'p',
      'm',
      'x',
      'Z',
      'z',
      'H',
      'q',
      'Q',
      'v',
      'T',
      'X',
      'M',
      'P',
      'G',
      '?',
      'vFile:',
    );
    const rest = fc.array(fc.constantFrom(...'0123456789abcdef,:;-XR'), { maxLength: 12 });
    fc.assert(
      fc.property(letters, rest, (letter, text) => {
        const data = letter + text.join('');
        expect(gdb.ask(data)).not.toBe('(none)');
        expect(gdb.session.ended).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what gdb is told of the target', () => {
  /** In the parts that gdb asks for. */
  function transfer(object: string, annex: string, size: number): string {
    let document = '';
    for (;;) {
      const part = gdb.ask(`qXfer:${object}:read:${annex}:${address(document.length)},${address(size)}`);
      document += part.slice(1);
      if (part[0] === 'l') return document;
      expect(part[0]).toBe('m');
    }
  }

  it('is what it can do', () => {
    expect(gdb.ask('qSupported:').split(';')).toEqual(
      expect.arrayContaining(
        ['PacketSize=4000', 'QStartNoAckMode+', 'qXfer:features:read+', 'qXfer:memory-map:read+'].concat([
          'ReverseStep+',
          'ReverseContinue+',
          'swbreak+',
          'hwbreak+',
          'vContSupported+',
          'multiprocess-',
        ]),
      ),
    );
    expect(gdb.ask('vCont?')).toBe('vCont;c;C;s;S;r');
  });

  it('is the same in parts of any size', () => {
    const whole = transfer('features', 'target.xml', 0xffff);
    expect(transfer('features', 'target.xml', 100)).toBe(whole);
    expect(whole).toContain('<feature name="org.gnu.gdb.i386.core">');
    expect(whole).not.toContain('org.gnu.gdb.i386.linux');
    expect(gdb.ask('qXfer:features:read:other.xml:0,100')).toBe('E00');
    expect(gdb.ask('qXfer:auxv:read::0,100')).toBe('');
  });

  it('is its registers, as many as their values', () => {
    const xml = transfer('features', 'target.xml', 0xffff);
    const registers = [...xml.matchAll(/<reg name="(\w+)" bitsize="(\d+)"/g)];
    const digits = registers.reduce((sum, [, , bits]) => sum + Number(bits) / 4, 0);
    const all = gdb.ask('g');
    expect(all).toMatch(/^[0-9a-f]+$/);
    expect(all).toHaveLength(digits);
    let at = 0;
    for (const [n, [, name, bits]] of registers.entries()) {
      const value = gdb.ask(`p${n.toString(16)}`);
      expect(value, name).toBe(all.slice(at, (at += Number(bits) / 4)));
      const little = Buffer.from(value, 'hex');
      const read = debug.registers.all.get(name!);
      if (name === 'clock') expect(little.readBigUInt64LE()).toBe(BigInt(debug.clock));
      // The code of this guest is flat; the `ip` of expressions has 16 bits.
      else if (read && name !== 'ip') expect(little.readUInt32LE(), name).toBe(read());
    }
    expect(gdb.ask(`p${registers.length.toString(16)}`)).toBe('E16');
    expect(
      registers
        .slice(0, 16)
        .map(([, name]) => name)
        .join(' '),
    ).toBe('eax ecx edx ebx esp ebp esi edi eip eflags cs ss ds es fs gs');
  });

  it('is memory from end to end, with the ROM of a PC', () => {
    debug.timeline.seek(0);
    const regions = [
      ...transfer('memory-map', '', 0xffff).matchAll(/type="(\w+)" start="(\w+)" length="(\w+)"/g),
    ];
    let at = 0n;
    for (const [, , start, length] of regions.slice(0, -1)) {
      expect(BigInt(start!)).toBe(at);
      at += BigInt(length!);
    }
    expect(at).toBe(2n ** 32n);
    const rom = regions.filter(([, type]) => type === 'rom').map(([, , start]) => Number(start));
    expect(rom).toEqual([0xc0000, 0xfffc0000]);
  });

  it('is one thread, and what its processor does', () => {
    expect(gdb.ask('qfThreadInfo')).toBe('m1');
    expect(gdb.ask('qsThreadInfo')).toBe('l');
    expect(['Hg0', 'Hc-1', 'Hg1', 'T1'].map((p) => gdb.ask(p))).toEqual(['OK', 'OK', 'OK', 'OK']);
    expect(['Hg2', 'T2'].map((p) => gdb.ask(p))).toEqual(['E16', 'E16']);
    expect(unhex(gdb.ask('qThreadExtraInfo,1'))).toBe('CPU 0, 32-bit protected mode, ring 0');
    debug.timeline.seek(0);
    expect(unhex(gdb.ask('qThreadExtraInfo,1'))).toBe('CPU 0, real mode');
    expect(gdb.ask('qAttached')).toBe('1');
  });

  it('is a file of its symbols', () => {
    expect(transfer('exec-file', '', 0xffff)).toBe('/guest-symbols');
    expect(gdb.ask('vFile:setfs:0')).toBe('F0');
    expect(gdb.ask(`vFile:open:${hex('/etc/passwd')},0,1c0`)).toBe('F-1,2');
    const descriptor = gdb.ask(`vFile:open:${hex('/guest-symbols')},0,1c0`).slice(1);
    const status = gdb.ask(`vFile:fstat:${descriptor}`);
    expect(status.slice(0, 4)).toBe('F40;');
    const size = Buffer.from(status.slice(4), 'latin1').readUInt32BE(32);
    let file = '';
    for (;;) {
      const [, length, data] = /^F(\w+);(.*)$/s.exec(
        gdb.ask(`vFile:pread:${descriptor},1000,${address(file.length)}`),
      )!;
      expect(data).toHaveLength(Number.parseInt(length!, 16));
      if (data === '') break;
      file += data;
    }
    expect(file).toHaveLength(size);
    expect(file.slice(0, 4)).toBe('\x7fELF');
    expect(file).toContain('\0worker.store\0');
    expect(gdb.ask(`vFile:pwrite:${descriptor},0,x`)).toBe('F-1,1e');
    expect(gdb.ask(`vFile:close:${descriptor}`)).toBe('F0');
    expect(gdb.ask('vFile:close:7')).toBe('F-1,9');
  });
});

describe('memory', () => {
  it('is read as digits and as bytes', () => {
    const bytes = Buffer.from(debug.memory.bytes(LOAD, 40));
    expect(gdb.ask(`m${address(LOAD)},28`)).toBe(bytes.toString('hex'));
    expect(gdb.ask(`x${address(LOAD)},28`)).toBe(`b${bytes.toString('latin1')}`);
    expect(gdb.ask(`x${address(LOAD)},0`)).toBe('b');
  });

  it('is there or not', () => {
    // Video memory is a device's: reading it could change it. Behind RAM there is nothing.
    expect(gdb.ask('ma0000,4')).toBe('E0e');
    expect(gdb.ask('m9fffe,4')).toHaveLength(4);
    expect(gdb.ask('m100000000,4')).toBe('E0e');
    expect(gdb.ask('mfffffff0,20')).toMatch(/^ea/);
    expect(gdb.ask('m,')).toBe('E16');
  });

  it('and registers cannot be changed, and are not', () => {
    const before = gdb.ask('g');
    for (const change of [
      `G${before}`,
      'P0=01000000',
      `M${address(COUNTER)},1:00`,
      `X${address(COUNTER)},1:a`,
    ]) {
      expect(gdb.ask(change)).toMatch(/^E\.a recorded run cannot be changed; rewind86 branch/);
    }
    expect(gdb.ask(`c${address(LOAD)}`)).toMatch(/^E\.a recorded run cannot be resumed elsewhere/);
    expect(gdb.ask('g')).toBe(before);
  });
});

describe('moves', () => {
  it('step both ways, to the places between which the debugger steps', () => {
    const from = debug.clock;
    debug.step('forward');
    const next = [debug.clock, debug.pc];
    debug.timeline.seek(from);
    for (const packet of ['vCont;s:1;c', 's', 'vCont;S05:1', 'S05']) {
      const reply = stop(gdb.ask(packet));
      expect([debug.clock, debug.pc], packet).toEqual(next);
      expect(reply.get('08')).toBe(Buffer.from(Uint32Array.of(debug.pc).buffer).toString('hex'));
      expect(gdb.ask('bs')).toMatch(/^T05/);
      expect(debug.clock, packet).toBe(from);
    }
  });

  it('stop at both ends, and stay possible', () => {
    debug.timeline.seek(debug.end - 1000);
    expect(stop(gdb.ask('vCont;c')).get('replaylog')).toBe('end');
    expect(stop(gdb.ask('vCont;c')).get('replaylog')).toBe('end');
    expect(stop(gdb.ask('vCont;s:1')).get('replaylog')).toBe('end');
    expect(gdb.ask('bs')).not.toContain('replaylog');
    expect(stop(gdb.ask('bc')).get('replaylog')).toBe('begin');
    expect(debug.clock).toBe(0);
    expect(stop(gdb.ask('bs')).get('replaylog')).toBe('begin');
    expect(gdb.ask('vCont;s:1')).not.toContain('replaylog');
    expect(debug.clock).toBeGreaterThan(0);
  });

  it('stop at breakpoints, in hardware and software', () => {
    insert(0, LOAD);
    insert(1, STORE);
    const forward = [gdb.ask('vCont;c'), gdb.ask('vCont;c'), gdb.ask('vCont;c')].map(stop);
    const kinds = forward.map((reply) =>
      reply.has('swbreak') ? 'load' : reply.has('hwbreak') ? 'store' : '?',
    );
    expect(kinds.join(' ')).toMatch(/^(load store load|store load store)$/);
    const at = debug.clock;
    gdb.ask('bc');
    const before = debug.clock;
    gdb.ask('vCont;c');
    expect(debug.clock).toBe(at);
    gdb.ask(`z0,${address(LOAD)},1`);
    gdb.ask(`z1,${address(STORE)},1`);
    expect(before).toBeLessThan(at);
    expect(gdb.ask(`z1,${address(STORE)},1`)).toBe('OK');
    debug.timeline.seek(debug.end - 1000);
    expect(stop(gdb.ask('vCont;c')).has('replaylog')).toBe(true);
  });

  it('call breakpoints what gdb understands', () => {
    gdb.ask('qSupported:multiprocess+');
    insert(0, LOAD);
    expect(gdb.ask('vCont;c')).toMatch(/^T05thread:1;04:\w{8};05:\w{8};08:\w{8};$/);
  });

  it('go to the writer of a value, forwards behind it, backwards before it', () => {
    insert(2, COUNTER, 4);
    const old = counter();
    expect(stop(gdb.ask('vCont;c')).get('watch')).toBe(address(COUNTER));
    expect(counter()).not.toBe(old);
    const value = counter();
    expect(stop(gdb.ask('bc')).get('watch')).toBe(address(COUNTER));
    expect([debug.pc, counter()]).toEqual([STORE, old]);
    // A step is told, too: gdb does not compare values by itself.
    expect(stop(gdb.ask('vCont;s')).get('watch')).toBe(address(COUNTER));
    expect(counter()).toBe(value);
    expect(stop(gdb.ask('bs')).get('watch')).toBe(address(COUNTER));
    expect(counter()).toBe(old);
    expect(stop(gdb.ask('bs')).has('watch')).toBe(false);
  });

  it('go to who reads', () => {
    insert(3, COUNTER, 4);
    expect(stop(gdb.ask('bc')).get('rwatch')).toBe(address(COUNTER));
    expect(debug.pc).toBe(LOAD);
  });

  it('go to who reads or writes', () => {
    insert(4, COUNTER, 4);
    const places = [STORE, STORE, LOAD].map((at, n) => {
      expect(stop(gdb.ask(n === 0 ? 'vCont;c' : 'bc')).get('awatch')).toBe(address(COUNTER));
      return n === 0 ? at : debug.pc;
    });
    expect(places).toEqual([STORE, STORE, LOAD]);
  });

  it('take conditions with them', () => {
    // counter == value: const32 address; ref32; const32 value; equal; end
    const word = (value: number) => value.toString(16).padStart(8, '0');
    const value = counter() - 5;
    const code = `24${word(COUNTER)}1924${word(value)}1327`;
    insert(0, LOAD, 1, `;X${(code.length / 2).toString(16)},${code}`);
    expect(stop(gdb.ask('bc')).has('swbreak')).toBe(true);
    expect([debug.pc, counter()]).toEqual([LOAD, value]);
    for (const cut of ['X5,24', 'X1,', 'X,27', 'X1,27X', 'X2,2227X1,2', 'X1,zz']) {
      expect(gdb.ask(`Z0,${address(LOAD)},1;${cut}`), cut).toMatch(/^E\./);
    }
  });

  it('stop where one of several conditions holds', () => {
    // const8 0 or 1; end.
    const [never, always] = ['X3,220027', 'X3,220127'];
    insert(0, STORE, 1, `;${never}${never}`);
    expect(stop(gdb.ask('bc')).get('replaylog')).toBe('begin');
    debug.timeline.seek(middle);
    insert(0, STORE, 1, `;${never}${always}`);
    expect(stop(gdb.ask('bc')).has('swbreak')).toBe(true);
    expect(debug.pc).toBe(STORE);
  });

  it('step through a range in one go', () => {
    const end = label('worker') + 40;
    insert(0, LOAD);
    gdb.ask('vCont;c');
    gdb.ask(`z0,${address(LOAD)},1`);
    const walk = [];
    const from = debug.clock;
    do {
      debug.step('forward');
      walk.push(debug.clock);
    } while (debug.pc >= LOAD && debug.pc < end);
    debug.timeline.seek(from);
    expect(gdb.ask(`vCont;r${address(LOAD)},${address(end)}:1`)).toMatch(/^T05/);
    expect(walk.length).toBeGreaterThan(3);
    expect(debug.clock).toBe(walk.at(-1));
  });

  it('stop within a range at a breakpoint', () => {
    debug.timeline.seek(middle);
    insert(0, LOAD);
    gdb.ask('vCont;c');
    insert(0, STORE);
    expect(stop(gdb.ask(`vCont;r${address(LOAD)},${address(STORE + 20)}:1`)).has('swbreak')).toBe(true);
    expect(debug.pc).toBe(STORE);
  });

  it('stop within a range at what monitor commands have set, and only where its condition holds', () => {
    const range = `vCont;r${address(LOAD)},${address(STORE + 20)}:1`;
    debug.timeline.seek(middle);
    insert(0, LOAD);
    gdb.ask('vCont;c');
    gdb.ask(`z0,${address(LOAD)},1`);
    const from = debug.clock;
    gdb.monitor('break worker.store');
    expect(gdb.askAll(range).told).toMatch(/breakpoint 1: .*worker\.store/);
    expect(debug.pc).toBe(STORE);
    debug.breakpoints.clear();
    debug.timeline.seek(from);
    gdb.monitor('watch counter');
    expect(gdb.askAll(range).told).toMatch(/counter/);
    expect(debug.clock).toBeGreaterThan(from);
    const written = debug.clock;
    debug.breakpoints.clear();
    debug.timeline.seek(from);
    gdb.monitor('break worker.store if counter == 0');
    gdb.ask(range);
    expect(debug.clock).toBeGreaterThanOrEqual(written);
  });

  it('are interrupted both ways, and leave the target where it can go on', () => {
    for (const packetData of ['vCont;c', 'bc']) {
      debug.timeline.seek(middle);
      // Asked about at every write of the counter: many slices.
      insert(2, COUNTER, 4);
      insert(0, 0x12345678);
      gdb.ask(`z2,${address(COUNTER)},4`);
      gdb.send(packet(packetData));
      for (let n = 0; n < 4; n++) expect(gdb.session.advance()).toBe(true);
      gdb.send('\x03');
      expect(gdb.session.advance()).toBe(false);
      expect(gdb.take().at(-1)).toMatch(/^T02thread:1;/);
      if (packetData === 'bc') expect(debug.clock).toBeLessThanOrEqual(middle);
      else expect(debug.clock).toBeGreaterThanOrEqual(middle);
      expect(gdb.ask('bs')).toMatch(/^T05/);
      gdb.ask('z0,12345678,1');
    }
  });

  it('are not interrupted by what comes late', () => {
    gdb.send('\x03');
    gdb.settle();
    expect(gdb.take()).toEqual([]);
    expect(gdb.ask('vCont;s')).toMatch(/^T05/);
  });
});

describe('monitor', () => {
  it('does what the debugger does, and says when gdb must look again', () => {
    const { told, answer } = gdb.monitor('where');
    expect(answer).toBe('OK');
    expect(told).toContain(`clock ${debug.clock}`);
    expect(told).not.toContain('maintenance');
    expect(gdb.monitor('seek 100000000').told).toMatch(/maintenance flush register-cache.*\n$/);
    expect(debug.clock).toBe(100_000_000);
    gdb.monitor('mark here');
    gdb.monitor('seek end');
    gdb.monitor('seek here');
    expect(debug.clock).toBe(100_000_000);
    expect(gdb.monitor('marks').told).toContain('here');
    gdb.monitor('unmark here');
    expect(gdb.monitor('').answer).toBe('OK');
  });

  it('says what cannot be done, as an error to those who understand', () => {
    expect(gdb.monitor('frobnicate')).toEqual({
      told: expect.stringMatching(/frobnicate.*\n$/),
      answer: 'OK',
    });
    gdb.ask('qSupported:error-message+');
    expect(gdb.monitor('frobnicate')).toEqual({
      told: '',
      answer: expect.stringMatching(/^E\..*frobnicate/),
    });
    expect(gdb.ask('qRcmd,7')).toBe('E16');
  });

  it('sets breakpoints of kinds that gdb has not', () => {
    gdb.monitor('catch interrupt 32');
    const { told, answer } = gdb.askAll('bc');
    expect(answer).toMatch(/^T05thread:1;(0[458]:\w{8};)+$/);
    expect(told).toMatch(/^breakpoint \d+: /);
    expect(debug.timeline.hits).toEqual([expect.objectContaining({ kind: 'vector', vector: 32 })]);
  });

  it('shows progress when asked to, and can be interrupted', () => {
    gdb.session.showProgress();
    expect(gdb.take()).toEqual([]);
    gdb.send(packet(`qRcmd,${hex('bisect counter > 1000')}`));
    for (let n = 0; n < 3; n++) gdb.session.advance();
    gdb.take();
    // A sign of life each second; a line that stays on the screen only after 2, 4, 8 ... of them.
    const signs = Array.from({ length: 9 }, () => {
      gdb.session.showProgress();
      return gdb.take()[0]!;
    });
    const lines = signs.flatMap((sign, i) => (sign === 'O' ? [] : [i + 1]));
    expect(lines).toEqual([2, 4, 8]);
    expect(unhex(signs[1]!.slice(1))).toMatch(new RegExp(`^at clock \\d+ of ${debug.end} \\.\\.\\.\n$`));
    gdb.send('\x03');
    gdb.settle();
    const [told, answer] = gdb.take();
    expect(unhex(told!.slice(1))).toMatch(/^interrupted at clock \d+\n$/);
    expect(answer).toBe('OK');
  });

  it('shows long texts in packets that gdb can take', () => {
    const { told } = gdb.monitor('help');
    expect(told.split('\n').length).toBeGreaterThan(20);
    gdb.send(packet(`qRcmd,${hex('disassemble /2000')}`));
    gdb.settle();
    for (const part of gdb.take()) expect(part.length).toBeLessThanOrEqual(0x4000);
  });
});

describe('the end of a session', () => {
  it('is told to gdb when it detaches, not when it kills', () => {
    expect(gdb.ask('D')).toBe('OK');
    expect(gdb.session.ended).toBe(true);
    gdb = new GdbClient(debug);
    expect(gdb.ask('k')).toBe('(none)');
    expect(gdb.session.ended).toBe(true);
  });

  it('gives up what is under way, and leaves the run where the next finds it', () => {
    insert(0, 0x12345678);
    gdb.send(packet('bc'));
    for (let n = 0; n < 4; n++) gdb.session.advance();
    expect(gdb.session.busy).toBe(true);
    gdb.session.close();
    expect(gdb.session.advance()).toBe(false);
    const { clock } = debug;
    const next = new GdbClient(debug);
    expect(next.ask('?')).toMatch(/^T05/);
    expect(debug.clock).toBe(clock);
  });
});
