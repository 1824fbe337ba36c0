/**
 * A recorded run in the hands of a client of the Debug Adapter Protocol: requests that move the machine, and those
 * that look at it. While it moves, breakpoints can be set and the move can be given up; what looks at it is
 * refused until it stands. It is never changed. There are no sources: clients show disassembly.
 */
import { runCommand } from '../debug/commands/index.js';
import type { Arrival, Debugger, Direction, Move } from '../debug/debugger.js';
import { seekPlace } from '../debug/places.js';
import { stepOut, stepOver } from '../debug/stepping.js';
import { callStack } from '../guest/callStack.js';
import { type Arguments, NotStopped, RequestError } from './arguments.js';
import { BreakpointSets, dataBreakpointInfo } from './breakpoints.js';
import { completions } from './completions.js';
import { disassembly } from './disassembly.js';
import { evaluate } from './evaluate.js';
import { readMemory } from './memory.js';
import { type Errand, Motion } from './motion.js';
import type { Outbox } from './outbox.js';
import type { Answer, Client, Handle } from './requests.js';
import { stackTrace } from './stackFrames.js';
import { type Cause, stopped, THREAD } from './stopped.js';
import { Variables } from './variables.js';

const HERE: Arrival = { reason: 'arrived', met: [], hits: [] };
const UNCHANGEABLE =
  'a recording cannot be changed: `rewind86 branch` makes a new run of it, with other memory and registers';

export class Debuggee {
  readonly motion: Motion;
  readonly #debug: Debugger;
  readonly #outbox: Outbox;
  readonly #client: Client;
  readonly #explain: (error: unknown) => string;
  readonly #breakpoints: BreakpointSets;
  /** To where it is to stand first. */
  #first: Move | undefined;
  #variables: Variables;
  /** The request whose answer is awaited. */
  #awaited: number | undefined;
  /** Characters from the serial console that the client has got. */
  #heard = 0;
  readonly #decoder = new TextDecoder();

  /** Throws a `RequestError` if `stopAt` is no position. */
  constructor(
    debug: Debugger,
    stopAt: string,
    outbox: Outbox,
    client: Client,
    explain: (error: unknown) => string,
  ) {
    this.#debug = debug;
    this.#outbox = outbox;
    this.#client = client;
    this.#explain = explain;
    this.#breakpoints = new BreakpointSets(debug);
    this.#first = moveTo(debug, stopAt);
    this.#variables = new Variables(debug);
    const send = (event: string, body: object) => client.hasProgress && outbox.event(event, body);
    this.motion = new Motion(debug, send, () => this.#sayWhatWasSent());
  }

  get processor(): string {
    return this.#debug.machine.cpu.name;
  }

  handlerOf(command: string): Handle | undefined {
    const find = (table: Readonly<Record<string, Handle>>) =>
      Object.hasOwn(table, command) ? table[command] : undefined;
    const [always, standing] = [find(this.#always), find(this.#standing)];
    const handle = always ?? standing;
    if (!standing || !this.motion.busy) return handle && ((request, seq) => handle(ofThread(request), seq));
    return () => {
      throw new NotStopped();
    };
  }

  // ---- at any time ----

  readonly #always: Readonly<Record<string, Handle>> = {
    configurationDone: () => {
      const first = this.#first;
      if (!first) throw new RequestError('the configuration was done already');
      this.#first = undefined;
      return { after: () => this.#begin('Going to where to begin', first) };
    },
    pause: () => ({ after: () => this.motion.giveUp() }),
    cancel: (request) => {
      const meant = this.#isUnderWay(request);
      return { after: () => meant && this.motion.giveUp() };
    },
    restart: () => ({ after: () => this.#begin('Going to the beginning', this.#debug.seek(0)) }),
    setBreakpoints: (request) => ({ body: this.#breakpoints.sources(request) }),
    setFunctionBreakpoints: (request) => this.#renewed(this.#breakpoints.functions(request)),
    setInstructionBreakpoints: (request) => this.#renewed(this.#breakpoints.instructions(request)),
    setDataBreakpoints: (request) => this.#renewed(this.#breakpoints.data(request)),
    setExceptionBreakpoints: (request) => this.#renewed(this.#breakpoints.exceptions(request)),
  };

  #renewed(body: object): Answer {
    return { body, after: () => this.motion.renew() };
  }

  /** Does a request to cancel something mean what is under way? */
  #isUnderWay(request: Arguments): boolean {
    const { progressId } = this.motion;
    const [progress, awaited] = [request.text('progressId', ''), request.whole('requestId', -1)];
    return (progressId !== undefined && progress === progressId) || awaited === this.#awaited;
  }

  /** Whatever is under way is given up for it. */
  #begin(title: string, move: Move): void {
    this.motion.giveUp();
    this.#move('entry', { title, start: () => move });
  }

  // ---- while the machine stands ----

  readonly #standing: Readonly<Record<string, Handle>> = {
    continue: () => this.#run('forward'),
    reverseContinue: () => this.#run('back'),
    next: () => this.#steps(() => stepOver(this.#debug, 'forward')),
    stepIn: () => this.#steps(() => step(this.#debug, 'forward')),
    stepBack: (request) => {
      const single = request.text('granularity', 'statement') === 'instruction';
      return this.#steps(() => (single ? step(this.#debug, 'back') : stepOver(this.#debug, 'back')));
    },
    stepOut: () => {
      const [, caller] = callStack(this.#debug.machine, this.#debug.symbols);
      if (!caller) throw new RequestError('no caller is known here');
      return this.#steps(() => stepOut(this.#debug, 'forward', caller.pc));
    },
    stackTrace: (request) => ({ body: stackTrace(this.#debug, request) }),
    scopes: () => ({ body: { scopes: this.#variables.scopes } }),
    variables: (request) => ({ body: { variables: this.#variables.children(request) } }),
    evaluate: (request, seq) => this.#evaluate(request, seq),
    completions: (request) => ({ body: completions(this.#debug, request, this.#client.firstColumn) }),
    disassemble: (request) => ({ body: disassembly(this.#debug, request) }),
    readMemory: (request) => ({ body: readMemory(this.#debug, request) }),
    dataBreakpointInfo: (request) => ({
      body: dataBreakpointInfo(this.#debug, request, this.#named(request)),
    }),
    setVariable: refuse,
    setExpression: refuse,
    writeMemory: refuse,
  };

  /** The expression for the variable that a request is about. */
  #named(request: Arguments): string {
    return this.#variables.expressionOf(request.whole('variablesReference', 0), request.text('name'));
  }

  #run(direction: Direction): Answer {
    const title = direction === 'forward' ? 'Running' : 'Running backwards';
    const start = () => this.#debug.run(direction);
    const after = () => this.#move('pause', { title, direction, renewable: true, start });
    return { ...(direction === 'forward' && { body: { allThreadsContinued: true } }), after };
  }

  #steps(start: () => Move): Answer {
    return { after: () => this.#move('step', { title: 'Stepping', start }) };
  }

  #move(cause: Cause, errand: Pick<Errand<Arrival>, 'title' | 'direction' | 'renewable' | 'start'>): void {
    this.motion.begin<Arrival>({
      ...errand,
      done: (arrival) => this.#stopped(arrival, cause),
      failed: (error) => {
        this.#outbox.output('stderr', `${this.#explain(error)}\n`);
        this.#stopped(HERE, 'pause');
      },
      givenUp: () => this.#stopped(HERE, 'pause'),
    });
  }

  #stopped(arrival: Arrival, cause: Cause): void {
    const { symbols, timeline } = this.#debug;
    this.#variables = new Variables(this.#debug);
    this.#outbox.event('stopped', stopped(arrival, cause, symbols, timeline.divergence));
  }

  // ---- expressions and commands ----

  #evaluate(request: Arguments, seq: number): Answer {
    const source = request.text('expression');
    if (request.text('context', '') !== 'repl') return { body: evaluate(this.#debug, source) };
    const from = this.#debug.clock;
    this.#awaited = seq;
    const over = (answer: () => void) => {
      this.#awaited = undefined;
      answer();
      if (this.#debug.clock !== from) this.#stopped(HERE, 'goto');
    };
    const fail = (message: string) => over(() => this.#outbox.failure(seq, 'evaluate', message));
    this.motion.begin<object>({
      title: source,
      start: () => console(this.#debug, source),
      done: (body) => over(() => this.#outbox.success(seq, 'evaluate', body)),
      failed: (error) => fail(this.#explain(error)),
      givenUp: () => over(() => this.#outbox.refusal(seq, 'evaluate', 'cancelled')),
    });
    return { later: true };
  }

  /** What the guest has said on its serial console, when the run gets there for the first time. */
  #sayWhatWasSent(): void {
    const { history, clock } = this.#debug;
    const sent = history.sentUpTo(clock);
    if (sent.length <= this.#heard) return;
    const bytes = Uint8Array.from(sent.slice(this.#heard), (character) => character.charCodeAt(0));
    this.#heard = sent.length;
    this.#outbox.output('stdout', this.#decoder.decode(bytes, { stream: true }));
  }
}

/** A line of the debug console: a command of the debugger; else an expression. */
function* console(debug: Debugger, line: string): Generator<number, object, void> {
  try {
    return { result: yield* runCommand(debug, line), variablesReference: 0 };
  } catch (error) {
    try {
      return evaluate(debug, line);
    } catch {
      throw error;
    }
  }
}

// biome-ignore lint/correctness/useYield: an instruction takes no time.
function* step(debug: Debugger, direction: Direction): Move {
  return debug.step(direction);
}

function moveTo(debug: Debugger, stopAt: string): Move {
  if (stopAt === 'beginning') return debug.seek(0);
  try {
    return seekPlace(debug, stopAt);
  } catch (error) {
    if (error instanceof RangeError) throw new RequestError(`stopAt: ${error.message}`);
    throw error;
  }
}

/** A request that names a thread must name the one there is. */
function ofThread(request: Arguments): Arguments {
  const id = request.whole('threadId', THREAD);
  if (id !== THREAD) throw new RequestError(`there is no thread ${id}: the processor is thread ${THREAD}`);
  return request;
}

function refuse(): never {
  throw new RequestError(UNCHANGEABLE);
}
