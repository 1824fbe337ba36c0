/** The debug adapter on the demo's recording, asked by the client library of those who define the protocol. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { assemble } from '../../src/devices/firmware/assembler/assembler.js';
import { guestImage, guestSymbols } from '../../src/devices/firmware/guest.js';
import { Framing, framed, type Received } from '../../src/replay/dap/framing.js';
import { boards } from '../../src/replay/machines/boards.js';
import { DapClient, PortClient } from './support/dapClient.js';
import { RealHost } from './support/realHost.js';

const TRACE = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
const LOAD_ADDRESS = 0x100000;

/** As the assembler has written them. */
const label = (name: string): string => {
  const line = guestSymbols()
    .split('\n')
    .find((line) => line.endsWith(` ${name}`))!;
  return `0x${line.split(' ')[0]!}`;
};
const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
const number = (text: string): number => Number(text.split(' ')[0]);

let client: DapClient;

async function begin(stopAt: string | number = 'beginning', capabilities: object = {}): Promise<void> {
  client = new DapClient();
  await client.open({ trace: TRACE, stopAt }, capabilities);
}

afterEach(async () => {
  client.hangUp();
  expect(await client.exit).toBe(0);
  expect(client.host.err).toBe('');
});

const breakAt = async (...breakpoints: DebugProtocol.FunctionBreakpoint[]) => {
  return (await client.setFunctionBreakpointsRequest({ breakpoints })).body.breakpoints;
};

async function watchCounter(accessType: DebugProtocol.DataBreakpointAccessType): Promise<void> {
  const { body } = await client.dataBreakpointInfoRequest({ name: 'counter' });
  expect(body.accessTypes).toContain(accessType);
  await client.setDataBreakpointsRequest({ breakpoints: [{ dataId: body.dataId!, accessType }] });
}

describe('a session', () => {
  it('says what it can do, opens a trace, and stands where it was told to', async () => {
    client = new DapClient();
    const { body } = await client.initializeRequest();
    expect(body).toMatchObject({ supportsStepBack: true, supportsDisassembleRequest: true });
    expect(body!.exceptionBreakpointFilters!.map(({ filter }) => filter)).toContain('cr3');
    await expect(client.stackTraceRequest({ threadId: 1 })).rejects.toThrow('"launch" comes first');
    await expect(client.launchRequest({})).rejects.toThrow('"trace" is missing');
    const nowhere = { trace: '/nowhere.rewind' } as unknown as DebugProtocol.LaunchRequestArguments;
    await expect(client.launchRequest(nowhere)).rejects.toThrow(
      'cannot read /nowhere.rewind: no such file or directory',
    );
    expect(await client.open({ trace: TRACE, stopAt: 5_000_000 })).toMatchObject({ reason: 'entry' });
    const clock = number(await client.value('clock'));
    expect(clock).toBeGreaterThanOrEqual(5_000_000);
    expect(clock).toBeLessThan(5_001_000);
    expect((await client.threadsRequest()).body.threads).toHaveLength(1);
    await expect(client.launchRequest(nowhere)).rejects.toThrow('open already');
    await expect(client.configurationDoneRequest()).rejects.toThrow('done already');
  });

  it('ends when the client takes its leave, with a last word', async () => {
    await begin();
    const terminated = client.waitForEvent('terminated');
    await client.disconnectRequest();
    await terminated;
    expect(await client.exit).toBe(0);
  });

  it('refuses a place to stop at that is none', async () => {
    client = new DapClient();
    await expect(client.open({ trace: TRACE, stopAt: 'lunch' })).rejects.toThrow('"lunch" is no position');
  });
});

describe('moves', () => {
  it('stop at a symbol, forwards and backwards', async () => {
    await begin();
    expect(await breakAt({ name: 'worker.store' }, { name: 'wrker.store' })).toMatchObject([
      { verified: true, instructionReference: label('worker.store') },
      { verified: false, message: expect.stringContaining('did you mean "worker.store"') },
    ]);
    const clocks: number[] = [];
    for (let additions = 0; additions < 3; additions++) {
      expect(await client.continue()).toMatchObject({ reason: 'breakpoint', text: 'worker.store' });
      // Before the store: what was added is in EAX, and not yet in memory.
      expect(number(await client.value('counter'))).toBe(additions);
      expect(number(await client.value('eax'))).toBe(additions + 1);
      clocks.push(number(await client.value('clock')));
    }
    for (const clock of clocks.slice(0, -1).reverse()) {
      await client.reverse();
      expect(number(await client.value('clock'))).toBe(clock);
    }
    expect(await client.reverse()).toMatchObject({ description: 'Paused at the beginning of the recording' });
    expect(await client.value('clock')).toBe('0');
  });

  it('stop only where a condition holds', async () => {
    await begin();
    await breakAt({ name: 'worker.store', condition: 'eax == 100' });
    await client.continue();
    expect(number(await client.value('counter'))).toBe(99);
    const [wrong] = await breakAt({ name: 'worker.store', condition: 'eax ==' });
    expect(wrong).toMatchObject({ verified: false, message: expect.stringContaining('column') });
  });

  it('stop at both ends, and go on from there', async () => {
    await begin('end');
    expect(await client.continue()).toMatchObject({ description: 'Paused at the end of the recording' });
    await breakAt({ name: 'worker.add' });
    expect(await client.reverse()).toMatchObject({ reason: 'breakpoint' });
    expect((await client.top()).instructionPointerReference).toBe(label('worker.add'));
  });

  it('step by instructions, and over what they call', async () => {
    await begin();
    await breakAt({ name: 'worker' });
    await client.continue();
    await breakAt();
    const here = await client.value('clock');
    const afterCall = hex(Number(label('worker')) + 5);
    expect(await client.next()).toMatchObject({ reason: 'step' });
    expect((await client.top()).instructionPointerReference).toBe(afterCall);
    await client.stepBack('statement');
    expect(await client.value('clock')).toBe(here);
    for (const request of [
      client.nextRequest({ threadId: 2 }),
      client.continueRequest({ threadId: 0 }),
      client.stackTraceRequest({ threadId: 9 }),
    ])
      await expect(request).rejects.toThrow(/there is no thread \d: the processor is thread 1/);
    await client.stepIn();
    expect((await client.top()).name).toBe('random');
    await client.stepOut();
    expect((await client.top()).instructionPointerReference).toBe(afterCall);
    await client.stepBack('instruction');
    expect(await client.command('u /1')).toContain('ret');
  });

  it('show callers', async () => {
    await begin();
    await breakAt({ name: 'random.mix' });
    await client.continue();
    const { stackFrames, totalFrames } = (await client.stackTraceRequest({ threadId: 1 })).body;
    expect(stackFrames.slice(0, 2).map(({ name }) => name)).toEqual(['random.mix', 'worker+5h']);
    const second = await client.stackTraceRequest({ threadId: 1, startFrame: 1, levels: 1 });
    expect(second.body).toMatchObject({ stackFrames: [stackFrames[1]], totalFrames });
  });

  it('begin anew on restart', async () => {
    await begin(1_000_000);
    expect(await client.stopAfter(() => client.restartRequest({}))).toMatchObject({ reason: 'entry' });
    expect(await client.value('clock')).toBe('0');
  });
});

describe('what was written, read, taken', () => {
  it('is found backwards: who wrote the counter last', async () => {
    await begin('end');
    const [counter, end] = [await client.value('counter'), await client.value('clock')];
    await watchCounter('write');
    const { reason, text } = await client.reverse();
    expect({ reason, text }).toMatchObject({
      reason: 'data breakpoint',
      text: expect.stringMatching(/^write/),
    });
    // The instruction that wrote it is the next one, and nobody wrote it from there to the end.
    expect((await client.top()).name).toBe('worker.store');
    expect(await client.value('counter')).not.toBe(counter);
    await client.stepIn();
    expect(await client.value('counter')).toBe(counter);
    expect(await client.continue()).toMatchObject({ description: 'Paused at the end of the recording' });
    expect(await client.value('clock')).toBe(end);
  });

  it('can be a read', async () => {
    await begin('50%');
    await watchCounter('read');
    await client.continue();
    await client.stepBack('instruction');
    expect((await client.top()).name).toBe('worker.load');
  });

  it('can be an address without a name, and is never a register', async () => {
    await begin();
    const asAddress = { name: label('counter'), asAddress: true, bytes: 2 };
    const { body } = await client.customRequest('dataBreakpointInfo', asAddress);
    expect(body.dataId).toBe(`linear:${label('counter')}:2`);
    for (const name of ['eax', 'counter + 1', 'nonsense', '8042.x']) {
      expect((await client.dataBreakpointInfoRequest({ name })).body.dataId).toBeNull();
    }
  });

  it('can be an interrupt: the handler is entered next', async () => {
    await begin(20_000_000);
    await client.setExceptionBreakpointsRequest({ filters: ['interrupts'] });
    const { reason, text } = await client.continue();
    expect({ reason, text }).toEqual({ reason: 'exception', text: expect.stringContaining('external') });
    expect((await client.top()).name).toBe('timer_interrupt');
    // The guest changes no page tables and raises no exceptions until it is over.
    await client.setExceptionBreakpointsRequest({ filters: ['cr3', 'exceptions'] });
    expect(await client.continue()).toMatchObject({ description: 'Paused at the end of the recording' });
  });
});

describe('looking', () => {
  const children = async (variablesReference: number, more: object = {}) => {
    return (await client.variablesRequest({ variablesReference, ...more })).body.variables;
  };

  it('shows registers, segments and devices, as expressions see them', async () => {
    await begin('30%');
    const { scopes } = (await client.scopesRequest({ frameId: 1 })).body;
    for (const scope of scopes) {
      for (const { name, value, evaluateName } of await children(scope.variablesReference)) {
        if (!evaluateName || scope.name === 'Segments') continue;
        expect(BigInt(value), name).toBe(BigInt(number(await client.value(evaluateName))));
      }
    }
    const devices = await children(scopes.find(({ name }) => name === 'Devices')!.variablesReference);
    const rtc = await children(devices.find(({ name }) => name === 'rtc')!.variablesReference);
    const { variablesReference, indexedVariables } = rtc.find(({ name }) => name === 'cmos')!;
    const some = await children(variablesReference, { start: 10, count: 3 });
    expect(some.map(({ name }) => name)).toEqual(['[10]', '[11]', '[12]']);
    expect(await children(variablesReference)).toHaveLength(indexedVariables!);
    expect(number(await client.value('rtc.cmos[11]'))).toBe(Number(some[1]!.value));
    await client.stepIn();
    await expect(children(variablesReference)).rejects.toThrow('the machine has moved since');
  });

  it('reads memory as far as there is any', async () => {
    await begin('30%');
    const read = async (memoryReference: string, count: number, offset = 0) =>
      (await client.customRequest('readMemory', { memoryReference, count, offset })).body;
    const code = await read(label('worker'), 32);
    const at = Number(label('worker')) - LOAD_ADDRESS;
    expect(code).toEqual({
      address: label('worker'),
      data: Buffer.from(guestImage().subarray(at, at + 32)).toString('base64'),
    });
    expect(await read('&worker', 4, 28)).toEqual(await read(hex(Number(label('worker')) + 28), 4));
    // Behind the machine's RAM is nothing.
    expect(await read('0xd0000000', 16)).toEqual({ address: '0xd0000000', data: '', unreadableBytes: 16 });
    expect(await read('0', 4, -8)).toMatchObject({ unreadableBytes: 4 });
    await expect(read('nonsense', 4)).rejects.toThrow('nonsense');
  });

  it('disassembles around an address, as many lines as it was asked for', async () => {
    await begin('30%');
    const disassemble = async (
      instructionOffset: number,
      instructionCount: number,
      memoryReference: string,
    ) => {
      const request = { memoryReference, instructionOffset, instructionCount };
      return (await client.customRequest('disassemble', request)).body
        .instructions as DebugProtocol.DisassembledInstruction[];
    };
    const all = await disassemble(0, 12, label('worker'));
    expect(all.map(({ instruction }) => instruction.split(/[ ,]/)[0])).toEqual(
      'call and add dec jne mov inc mov inc jmp test jne'.split(' '),
    );
    expect(all[5]).toMatchObject({
      symbol: 'worker.load',
      instruction: expect.stringContaining('; counter'),
    });
    for (const [n, { address }] of all.entries()) {
      expect(await disassemble(-n, 12, address)).toEqual(all);
      expect(await disassemble(-n, n, address)).toEqual(all.slice(0, n));
    }
    expect(await disassemble(3, 4, label('worker'))).toEqual(all.slice(3, 7));
    for (const [at, offset] of [
      ['0x0', -5],
      ['0xffffffff', 0],
      ['0xd0000000', -5],
    ] as const) {
      const lines = await disassemble(offset, 10, at);
      expect(lines).toHaveLength(10);
      expect(lines.filter(({ presentationHint }) => presentationHint === 'invalid').length).toBeGreaterThan(
        4,
      );
    }
  });

  it('evaluates expressions, and runs commands in the console', async () => {
    await begin('30%');
    expect(await client.value('counter')).toBe(await client.command('print counter'));
    expect(await client.command('counter')).toBe(await client.value('counter'));
    const { body } = await client.evaluateRequest({ expression: 'counter', context: 'hover' });
    expect(body.memoryReference).toBe(label('counter'));
    await expect(client.value('cuonter')).rejects.toThrow('did you mean "counter"');
    await expect(client.value('[0xd0000000]')).rejects.toThrow('no value here');
    await expect(client.command('seek lunch')).rejects.toThrow('"lunch" is no position');
    // A command that moves tells the client that what it shows is old.
    const moved = await client.stopAfter(() => client.command('who counter'));
    expect(moved.reason).toBe('goto');
    expect((await client.top()).name).toBe('worker.store');
  });

  it('completes words of the console', async () => {
    await begin();
    const labels = async (text: string, column = text.length + 1) => {
      const { targets } = (await client.completionsRequest({ text, column })).body;
      // What is put in is what was there, and more.
      return targets.map(({ label, start, length }) => {
        return text.slice(0, start! - 1) + label + text.slice(start! - 1 + length!);
      });
    };
    expect(await labels('reverse-f')).toEqual(['reverse-finish', 'reverse-find']);
    expect(await labels('print worker.s')).toEqual(['print worker.store']);
    expect(await labels('print eb + 1', 9)).toEqual(['print ebx + 1', 'print ebp + 1']);
    expect(await labels('see counter', 4)).toEqual(['seek counter']);
  });

  it('changes nothing, and says what does', async () => {
    await begin();
    const requests: Record<string, object> = {
      writeMemory: { memoryReference: '0x1000', data: 'AAAA' },
      setVariable: { variablesReference: 1, name: 'eax', value: '1' },
      setExpression: { expression: 'eax', value: '1' },
    };
    for (const [command, request] of Object.entries(requests)) {
      await expect(client.customRequest(command, request)).rejects.toThrow('`rewind86 branch`');
    }
    const lines = { source: { path: 'a.c' }, breakpoints: [{ line: 1 }] };
    const { breakpoints } = (await client.setBreakpointsRequest(lines)).body;
    expect(breakpoints).toMatchObject([{ verified: false, message: expect.stringContaining('no sources') }]);
  });

  it('hears what the guest says, when the run gets there', async () => {
    await begin('end');
    const heard = () =>
      client.events
        .filter(({ event, body }) => event === 'output' && body.category === 'stdout')
        .map(({ body }) => body.output)
        .join('');
    const said = heard();
    expect(said).toMatch(/lost/i);
    await client.reverse();
    await client.continue();
    expect(heard()).toBe(said);
  });
});

describe('an xt', () => {
  const PROGRAM = `
        cpu 8086
        org 7C00h
        cli
        xor ax, ax
        mov ds, ax
        mov cx, 3
again:  inc byte [tally]
        loop again
        mov al, 0
        out 0F4h, al
        hlt
tally:  db 0
        times 510-($-$$) db 0
        dw 0AA55h
`;

  let dir: string;
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'rewind86-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('is debugged in the same way', async () => {
    const [floppy, trace] = [join(dir, 'a.img'), join(dir, 'xt.rewind')];
    const image = new Uint8Array(360 * 1024);
    const { bytes, symbols } = assemble(PROGRAM);
    image.set(bytes);
    writeFileSync(floppy, image);
    const machine = ['--board', 'xt', '-m', '64K', '--debug-ports', '--floppy', floppy];
    const script = join(dir, 's.yaml');
    writeFileSync(script, '- finish: 20000\n');
    const host = new RealHost();
    expect(await runCli(['record', ...machine, '--script', script, '-o', trace], host), host.err).toBe(0);

    client = new DapClient();
    await client.open({ trace, stopAt: 'end' });
    const tally = symbols.get('tally')!;
    const dataId = `linear:${hex(tally)}:1`;
    await client.setDataBreakpointsRequest({ breakpoints: [{ dataId, accessType: 'write' }] });
    for (const left of [2, 1, 0]) {
      expect(await client.reverse()).toMatchObject({ reason: 'data breakpoint' });
      expect(await client.value(`byte[${tally}]`)).toBe(String(left));
    }
    const { scopes } = (await client.scopesRequest({ frameId: 1 })).body;
    expect(scopes.map(({ name }) => name)).toEqual(['Registers', 'Flags', 'Segments', 'Position', 'Devices']);
    const { variables } = (await client.variablesRequest(scopes[0]!)).body;
    expect(variables.find(({ name }) => name === 'cx')).toMatchObject({ value: '0x0003' });
    const memoryReference = (await client.top()).instructionPointerReference!;
    const around = { memoryReference, instructionOffset: -2, instructionCount: 4 };
    const { instructions } = (await client.customRequest('disassemble', around)).body;
    const mnemonics = instructions.map(
      ({ instruction }: { instruction: string }) => instruction.split(' ')[0],
    );
    expect(mnemonics).toEqual(['mov', 'mov', 'inc', 'loop']);
  });
});

describe('a long search', () => {
  /** True nowhere, in a loop of which the run consists. */
  const NEVER = { name: 'worker.work', condition: 'eax == 0xffffffff' };

  /** Ends with the promise of the stop, while the search goes on. */
  async function search(direction: 'continue' | 'reverseContinue') {
    const stopped = client.waitForEvent('stopped');
    await client.customRequest(direction, { threadId: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { stopped };
  }

  it.each(['continue', 'reverseContinue'] as const)('can be paused: %s', async (direction) => {
    await begin('50%');
    const from = number(await client.value('clock'));
    await breakAt(NEVER);
    const { stopped } = await search(direction);
    await expect(client.stackTraceRequest({ threadId: 1 })).rejects.toThrow('notStopped');
    await expect(client.stepInRequest({ threadId: 1 })).rejects.toThrow('notStopped');
    await expect(client.pauseRequest({ threadId: 7 })).rejects.toThrow('there is no thread 7');
    await client.pauseRequest({ threadId: 1 });
    expect((await stopped).body).toEqual({ reason: 'pause', threadId: 1, allThreadsStopped: true });
    const here = number(await client.value('clock'));
    if (direction === 'continue') expect(here).toBeGreaterThan(from);
    else expect(here).toBeLessThan(from);
    expect([0, 191_932_062]).not.toContain(here);
  });

  it.each(['continue', 'reverseContinue'] as const)('takes in breakpoints: %s', async (direction) => {
    await begin('50%');
    await breakAt(NEVER);
    const { stopped } = await search(direction);
    await breakAt(NEVER, { name: 'timer_interrupt' });
    expect((await stopped).body).toMatchObject({ reason: 'breakpoint', text: 'timer_interrupt' });
    expect((await client.top()).name).toBe('timer_interrupt');
  });

  it('tells how far it is, and can be cancelled by that', async () => {
    await begin('50%', { supportsProgressReporting: true });
    await breakAt(NEVER);
    const started = client.waitForEvent('progressStart');
    const updated = client.waitForEvent('progressUpdate');
    const ended = client.waitForEvent('progressEnd');
    const stopped = client.waitForEvent('stopped');
    await client.reverseContinueRequest({ threadId: 1 });
    const { progressId, cancellable } = (await started).body;
    expect(cancellable).toBe(true);
    expect((await updated).body.progressId).toBe(progressId);
    await client.customRequest('cancel', { progressId });
    await ended;
    expect((await stopped).body).toMatchObject({ reason: 'pause' });
    const told = client.events.filter(({ event }) => /^progress(Start|Update)$/.test(event));
    const percentages = told.map(({ body }) => body.percentage);
    expect(percentages).toEqual([...percentages].sort((a, b) => a - b));
    // It did not come to the beginning.
    expect(percentages.every((percentage) => percentage >= 0 && percentage < 100)).toBe(true);
  });

  it('of the console can be cancelled by its request', async () => {
    await begin('end');
    await breakAt(NEVER);
    const search = expect(client.command('reverse-continue')).rejects.toThrow('cancelled');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await client.customRequest('cancel', { requestId: client.lastRequest });
    await search;
  });
});

describe('what is no request', () => {
  const frame = (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`;

  it.each([
    ['broken JSON', frame('{"seq": 1, ')],
    ['no object', frame('[1]')],
    ['no request', frame('{"type": "request", "command": 7}')],
    ['a huge message', 'Content-Length: 123456789012\r\n\r\n{'],
    ['no header', 'x: y\r\n\r\n'],
  ])('is passed over with a word: %s', async (_, text) => {
    client = new DapClient();
    const output = client.waitForEvent('output');
    client.raw(text);
    expect((await output).body.output).toMatch(/^passed over: .*\n$/);
    expect((await client.initializeRequest()).success).toBe(true);
  });

  it('is answered, if it has a name and a number', async () => {
    await begin();
    await expect(client.customRequest('levitate')).rejects.toThrow('rewind86 has no request "levitate"');
    await expect(client.customRequest('toString')).rejects.toThrow('has no request "toString"');
    await expect(client.customRequest('variables')).rejects.toThrow('"variablesReference" is missing');
    await expect(client.customRequest('disassemble', { memoryReference: 5 })).rejects.toThrow(
      '"instructionCount"',
    );
    await expect(client.customRequest('evaluate', { expression: [] })).rejects.toThrow('must be a text');
    const wrong = { breakpoints: { length: 2 } };
    await expect(client.customRequest('setFunctionBreakpoints', wrong)).rejects.toThrow('must be a list');
  });

  it('from a browser ends the session', async () => {
    client = new DapClient();
    client.raw('POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}');
    expect(await client.exit).toBe(0);
  });
});

describe('over standard input and output', () => {
  it('says nothing but messages, and ends with its input', async () => {
    client = new DapClient();
    const program = new URL('support/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', 'tsx', program, 'dap']);
    const exit = new Promise((resolve) => child.on('exit', resolve));
    const [framing, replies] = [new Framing(), [] as Received[]];
    let errors = '';
    child.stdout.on('data', (bytes: Uint8Array) => replies.push(...framing.receive(bytes)));
    child.stderr.on('data', (bytes: Uint8Array) => (errors += bytes));
    const requests = [
      { seq: 1, type: 'request', command: 'initialize' },
      { seq: 2, type: 'request', command: 'launch', arguments: { trace: TRACE } },
      { seq: 3, type: 'request', command: 'configurationDone' },
      { seq: 4, type: 'request', command: 'disconnect' },
    ];
    for (const request of requests) child.stdin.write(framed(request));
    expect(await exit).toBe(0);
    expect(errors).toBe('');
    expect(replies.map((reply) => reply.kind)).not.toContain('fault');
    const values = replies.map((reply) => (reply as { value: DebugProtocol.Response }).value);
    expect(values.filter(({ success }) => success).map((r) => r.request_seq)).toEqual([1, 2, 3, 4]);
    expect(values.map(({ seq }) => seq)).toEqual(values.map((_, i) => i + 1));
  });
});

describe('over TCP', () => {
  it('serves one client after the other, each with a run of its own', async () => {
    client = new DapClient();
    const host = new RealHost();
    host.boardsBuilt = boards('compiler');
    const code = runCli(['dap', '--port', '0'], host);
    while (!host.err.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 10));
    const port = Number(/listening on 127\.0\.0\.1:(\d+)/.exec(host.err)![1]);
    const [one, other] = [await PortClient.connect(port), await PortClient.connect(port)];
    await one.open({ trace: TRACE, stopAt: 1_000_000 });
    await other.open({ trace: TRACE });
    expect(number(await one.value('clock'))).toBeGreaterThanOrEqual(1_000_000);
    expect(await other.value('clock')).toBe('0');
    await one.stop();
    expect(await other.value('clock')).toBe('0');
    host.signal('SIGTERM');
    expect(await code).toBe(143);
  });

  it('says if it cannot', async () => {
    client = new DapClient();
    const host = new RealHost();
    const code = runCli(['dap', '--port', '0'], host);
    while (!host.err.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 10));
    const port = /:(\d+)/.exec(host.err)![1]!;
    const second = new RealHost();
    expect(await runCli(['dap', '--port', port], second)).toBe(69);
    expect(second.err).toContain(`cannot listen on port ${port}`);
    host.signal('SIGINT');
    expect(await code).toBe(130);
  });
});
