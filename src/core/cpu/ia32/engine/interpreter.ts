/**
 * The WebAssembly interpreter of one CPU family: a function per instruction variant, and the loop that
 * runs decoded instructions. Generated from the rows; compiled once a process.
 */
import { type Code, I32, I64, ModuleWriter } from '../../../wasm/module.js';
import { instructionSet } from '../isa/table.js';
import { Exit, ITLB_ENTRIES, Rec } from '../space.js';
import { IA32, Seg } from '../state.js';
import { cellAddress, helperArities, importHelpers, type SlowRuntime } from './effects.js';
import { HandlerCode } from './handlers.js';

/** What a compiled interpreter calls: in 32-bit integers, helpers by name. */
export interface Imports {
  slowLoad(rec: number, seg: number, off: number, size: number, write: number): number;
  slowStore(rec: number, seg: number, off: number, value: number, size: number): void;
  helper(name: string): (...args: number[]) => number;
}

export interface Interpreter {
  /** Runs from EIP until something needs attention; `exit` in the run state says what. */
  run(eip: number): void;
  /** The same from a decoded instruction on, in the middle of a block that begins at EIP and is paid for. */
  resume(rec: number): void;
  /** Executes the one decoded instruction at `rec`; the result is as of a handler. */
  step(rec: number): number;
  readonly handlers: Handlers;
  readonly table: WebAssembly.Table;
  /** What compiled regions import. Not the table: V8 copies a table for every instance that imports it. */
  readonly linkage: Readonly<Record<string, WebAssembly.ImportValue>>;
}

/** Numbers of the handlers that stand for no instruction. */
export interface Handlers {
  /** Ends a block and goes on behind it. */
  readonly end: number;
  /** At the head of a block: counts down `Rec.heat`, at 0 leaves with `Exit.hot`. */
  readonly count: number;
  /** At the head of a block: goes on with its first instruction. */
  readonly pass: number;
  /** Before an instruction at a breakpoint: leaves with `Exit.breakpoint`. */
  readonly breakpoint: number;
  /** The first place in the table for compiled regions; they go on to its end. */
  readonly regions: number;
}

/**
 * Places in the table for compiled regions. Each is a module, whose code V8 maps twice, and Linux gives a
 * process 65530 mappings by default; without one more V8 ends the process. Dropped modules keep theirs
 * until garbage is collected: up to 25000 mappings were seen with a guest that makes hot code without end.
 */
const REGIONS = 8192;

const EXPORTS = ['run', 'resume', 'step'] as const;
/** The name by which the table is exported. */
const TABLE = 'handlers';
/** What compiled regions import by the same name. */
const SHARED = ['goto', 'gotoDirect'] as const;

interface Compiled {
  readonly module: WebAssembly.Module;
  readonly helpers: readonly string[];
  readonly handlers: Handlers;
}

const compiled = new Map<number, Compiled>();

/** The interpreter for a family, bound to one core's memory. */
export function createInterpreter(family: number, memory: WebAssembly.Memory, imports: Imports): Interpreter {
  let c = compiled.get(family);
  if (!c) compiled.set(family, (c = compile(family)));
  const { slowLoad, slowStore } = imports;
  const env: Record<string, WebAssembly.ImportValue> = { memory, slowLoad, slowStore };
  for (const name of c.helpers) env[`helper ${name}`] = imports.helper(name);
  const { exports } = new WebAssembly.Instance(c.module, { env });
  const [run, resume, step] = EXPORTS.map((n) => exports[n]) as [
    Interpreter['run'],
    Interpreter['resume'],
    Interpreter['step'],
  ];
  const shared = Object.fromEntries(SHARED.map((n) => [n, exports[n] as WebAssembly.ImportValue]));
  return {
    run,
    resume,
    step,
    table: exports[TABLE] as WebAssembly.Table,
    handlers: c.handlers,
    linkage: { ...env, ...shared },
  };
}

function compile(family: number): Compiled {
  const { expanded } = instructionSet(family);
  const w = new ModuleWriter();
  const slowLoad = w.import('slowLoad', { params: [I32, I32, I32, I32, I32], results: [I32] });
  const slowStore = w.import('slowStore', { params: [I32, I32, I32, I32, I32], results: [] });
  const helpers = importHelpers(
    w,
    expanded.map((e) => e.effects),
  );
  const go = emitGoto(w);
  const raise = emitRaise(w);
  const gotoDirect = emitGotoDirect(w, go);
  const runtime: SlowRuntime = {
    goto: go,
    gotoDirect,
    raise,
    slowLoad,
    slowStore,
    helper: helpers,
  };
  const functions = expanded.map((e) => {
    const f = w.function({ params: [I32], results: [I32] });
    new HandlerCode(f.code, runtime, e).emit();
    return f.index;
  });
  const end = functions.push(emitEnd(w, gotoDirect)) - 1;
  const count = functions.push(emitCount(w)) - 1;
  const pass = functions.push(emitPass(w)) - 1;
  const breakpoint = functions.push(emitBreakpoint(w)) - 1;
  w.table(TABLE, functions.length + REGIONS, functions);
  emitLoop(w, go);
  w.export('goto', go);
  w.export('gotoDirect', gotoDirect);
  const module = new WebAssembly.Module(w.encode(1));
  return {
    module,
    helpers: [...helperArities(expanded.map((e) => e.effects)).keys()],
    handlers: { end, count, pass, breakpoint, regions: functions.length },
  };
}

/** Leaves compiled code for a reason: stores it and returns 0. */
const EXIT_ADDRESS = cellAddress('exit');

/**
 * goto(eip): makes EIP the start of a block and pays for it, or leaves: if it is not decoded, might run
 * over the end of CS, or might cross the deadline.
 */
function emitGoto(w: ModuleWriter): number {
  const { index, code } = w.function({ params: [I32], results: [I32] });
  const c = gotoCode(code);
  const [lin, entry, rec] = [c.local(I32), c.local(I32), c.local(I32)];
  const EIP = 0;
  const limit = () => c.i32(0).load32(IA32.at.limit + Seg.cs * 4);
  const leaveIf = (reason: number) => c.if().i32(0).i32(reason).store32(EXIT_ADDRESS).i32(0).return().end();
  c.i32(0).get(EIP).store32(IA32.at.eip);
  c.get(EIP)
    .i32(0)
    .load32(IA32.at.base + Seg.cs * 4)
    .op(0x6a)
    .set(lin);
  c.get(lin)
    .i32(12)
    .op(0x76)
    .i32(ITLB_ENTRIES - 1)
    .op(0x71)
    .i32(3)
    .op(0x74);
  c.i32(0).load32(cellAddress('itlbBase')).op(0x6a).tee(entry).load32(0);
  c.get(lin).i32(-4096).op(0x71, 0x47);
  leaveIf(Exit.lookup);
  c.get(entry).load32(4).get(lin).i32(4095).op(0x71).i32(2).op(0x74, 0x6a).load32(0).tee(rec).op(0x45);
  leaveIf(Exit.lookup);
  // Beyond the limit, or so near that the block might run over it.
  c.get(EIP);
  limit();
  c.op(0x4b);
  limit();
  c.get(EIP).op(0x6b).get(rec).load16(Rec.bytes).i32(1).op(0x6b, 0x49, 0x72);
  leaveIf(Exit.lookup);
  payFor(c, rec);
  c.i64(0n).op(0x53);
  leaveIf(Exit.clock);
  c.i32(0).get(c.account).store64(ACCOUNT).get(rec);
  return index;
}

/** `count` and `left` as one 64-bit word; negative when the deadline would be passed. */
const ACCOUNT = cellAddress('count');

/** Leaves on the stack, and in `c.account`, what would be left after paying for the block at `rec`. */
function payFor(c: GotoCode, rec: number): void {
  c.i32(0).load64(ACCOUNT).get(rec).load64(Rec.price).op(0x7c).tee(c.account);
}

/**
 * gotoDirect(eip, rec): a jump whose target is in its own page is linked to it, so that the next time the
 * block need not be looked up. The link holds as long as the page's code does: both are dropped together.
 * Only where CS has no limit, since the shortcut does not look at it, and where EIP cannot begin again in
 * the middle of a page.
 */
function emitGotoDirect(w: ModuleWriter, go: number): number {
  const { index, code } = w.function({ params: [I32, I32], results: [I32] });
  const c = gotoCode(code);
  const [EIP, REC] = [0, 1];
  const [target, before] = [c.local(I32), c.local(I32)];
  c.get(REC).load32(Rec.link).tee(target).if();
  payFor(c, target);
  c.i64(0n).op(0x59).if();
  c.i32(0).get(c.account).store64(ACCOUNT);
  c.i32(0).get(EIP).store32(IA32.at.eip).get(target).return().end().end();
  c.i32(0).load32(IA32.at.eip).set(before);
  c.get(EIP).call(go).tee(target).if();
  const linear = (local: number) =>
    c
      .get(local)
      .i32(0)
      .load32(IA32.at.base + Seg.cs * 4)
      .op(0x6a);
  linear(before);
  linear(EIP);
  c.op(0x73).i32(-4096).op(0x71, 0x45);
  c.i32(0)
    .load32(IA32.at.limit + Seg.cs * 4)
    .i32(-1)
    .op(0x46, 0x71);
  c.i32(0)
    .load32(IA32.at.base + Seg.cs * 4)
    .i32(4095)
    .op(0x71, 0x45, 0x71);
  c.if().get(REC).get(target).store32(Rec.link).end().end();
  c.get(target);
  return index;
}

type GotoCode = Code & { account: number };

function gotoCode(code: Code): GotoCode {
  return Object.assign(code, { account: code.local(I64) });
}

function emitRaise(w: ModuleWriter): number {
  const { index, code: c } = w.function({ params: [I32, I32, I32, I32], results: [] });
  ['rec', 'vector', 'error', 'hasError'].forEach((name, param) => {
    c.i32(0).get(param).store32(cellAddress(name));
  });
  c.i32(0).i32(Exit.fault).store32(EXIT_ADDRESS);
  return index;
}

/** Behind the last instruction of a block: on to the next one. */
function emitEnd(w: ModuleWriter, gotoDirect: number): number {
  const { index, code: c } = w.function({ params: [I32], results: [I32] });
  c.i32(0).load32(IA32.at.eip).get(0).load16(Rec.here).op(0x6a).get(0).call(gotoDirect);
  return index;
}

/** The head of a block that is not compiled: how often it is entered decides whether it will be. */
function emitCount(w: ModuleWriter): number {
  const { index, code: c } = w.function({ params: [I32], results: [I32] });
  const left = c.local(I32);
  c.get(0).get(0).load32(Rec.heat).i32(1).op(0x6b).tee(left).store32(Rec.heat);
  c.get(left).op(0x45).if();
  c.i32(0).get(0).store32(cellAddress('rec'));
  c.i32(0).i32(Exit.hot).store32(EXIT_ADDRESS);
  c.i32(0).return().end();
  c.get(0).i32(Rec.size).op(0x6a);
  return index;
}

/** The head of a block that cannot be compiled. */
function emitPass(w: ModuleWriter): number {
  const { index, code } = w.function({ params: [I32], results: [I32] });
  code.get(0).i32(Rec.size).op(0x6a);
  return index;
}

function emitBreakpoint(w: ModuleWriter): number {
  const { index, code: c } = w.function({ params: [I32], results: [I32] });
  c.i32(0).get(0).store32(cellAddress('rec'));
  c.i32(0).i32(Exit.breakpoint).store32(EXIT_ADDRESS).i32(0);
  return index;
}

function emitLoop(w: ModuleWriter, go: number): void {
  const handlerType = w.signature({ params: [I32], results: [I32] });
  const resume = w.function({ params: [I32], results: [] });
  resume.code.loop().get(0).get(0).load16(Rec.handler).callIndirect(handlerType).tee(0).brIf(0).end();
  w.export('resume', resume.index);
  const run = w.function({ params: [I32], results: [] });
  run.code.get(0).call(go).tee(0).if().get(0).call(resume.index).end();
  w.export('run', run.index);
  const step = w.function({ params: [I32], results: [I32] });
  step.code.get(0).get(0).load16(Rec.handler).callIndirect(handlerType);
  w.export('step', step.index);
}
