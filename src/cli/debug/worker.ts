/** The thread in which the debugged machine runs: a trace is opened, or a machine is built that will run. */
import { Debugger } from '../../replay/debug/debugger.js';
import { LiveRun } from '../../replay/live/liveRun.js';
import { BranchProvider } from '../host/branchProvider.js';
import { protectInputs, ReadFile } from '../host/files.js';
import { nodeHost } from '../host/nodeHost.js';
import { TraceFile } from '../host/traceFile.js';
import { branchImages, fittingImages } from '../machine/branchImages.js';
import { checkBoot, type LiveOptions } from '../machine/live.js';
import { asDescription, planMachine } from '../machine/plan.js';
import { symbolsFor } from '../machine/symbols.js';
import { openTimeline } from '../machine/trace.js';
import { PROGRAM } from '../version.js';
import { GuestInput } from './guestInput.js';
import type { Opening } from './messages.js';
import { runCommandOf } from './runCommands.js';
import { DebugSession } from './session.js';
import { serve, tell } from './thread.js';
import { type Bench, type Opened, Workbench } from './workbench.js';

const HOST = nodeHost();
const NO_IMAGES = { disk: [], floppy: [] };

await serve((opening) => {
  const bench = opening.live ? benchOfMachine(opening, opening.live) : benchOfTrace(opening);
  for (const [name, clock] of opening.marks) bench.debug.marks.set(name, clock);
  bench.onFacts = (facts) => tell({ kind: 'facts', facts });
  bench.onNews = (text) => tell({ kind: 'news', text });
  tell({ kind: 'facts', facts: bench.facts });
  const session = new DebugSession({
    get debug() {
      return bench.debug;
    },
    command: (line) => runCommandOf(bench, line),
  });
  session.onProgress = (progress) => tell({ kind: 'progress', progress });
  const guest = new GuestInput(bench);
  const answers = {
    view: session.view.bind(session),
    command: session.command.bind(session),
    complete: session.complete.bind(session),
    finish: () => session.after(() => farewell(bench)),
  };
  return { answers, cancel: () => session.cancel(), guest: (action) => guest.do(action) };
});

/** What is said on the terminal when the interface has gone: what has been recorded, and how it is seen again. */
function farewell(bench: Workbench): string[] {
  const ended = bench.finish('user');
  const again = bench.recorded ? [`rewind86 debug ${bench.path} shows it again`] : [];
  return ended === undefined ? again : [ended, ...again];
}

function openDebugger(path: string, { symbols, ...options }: Opening, file: ReadFile): Debugger {
  const timeline = openTimeline(path, options, HOST, file);
  return new Debugger(timeline, symbolsFor(timeline.trace, symbols));
}

/** How other traces are opened: images that are not theirs are left out. */
function opener(opening: Opening): Bench['open'] {
  return (path) => {
    const file = new ReadFile(path);
    const debug = openDebugger(path, opening, file);
    const { images, without } = fittingImages(opening.images ?? NO_IMAGES, debug.timeline.trace);
    return { ...opened(debug, file, images), without };
  };
}

function opened(debug: Debugger, file: ReadFile, images: ReadonlyMap<string, ReadFile>): Opened {
  const close = () => {
    for (const one of [file, ...images.values()]) one.close();
  };
  return { debug, provider: new BranchProvider(images, 0), close };
}

function benchOfTrace(opening: Opening): Workbench {
  const { path, salvage } = opening;
  const file = new ReadFile(path);
  const debug = openDebugger(path, opening, file);
  const images = branchImages(opening.images ?? NO_IMAGES, debug.timeline.trace);
  return new Workbench({ path, ...opened(debug, file, images), salvage, open: opener(opening) });
}

/** The trace's head is written; the machine stands at power-on. */
function benchOfMachine(opening: Opening, options: LiveOptions): Workbench {
  const { path, symbols, checkpointMemory } = opening;
  const plan = planMachine(options, HOST);
  checkBoot(options, plan);
  protectInputs(path, plan.inputs);
  const { machine, description, blobs, provider } = plan;
  const file = new TraceFile(path, 'write');
  const run = LiveRun.begin(
    { machine, description: asDescription(description), blobs, provider, program: PROGRAM },
    file,
    checkpointMemory === undefined ? {} : { checkpointMemory },
  );
  const debug = new Debugger(run.timeline, symbolsFor(run.timeline.trace, symbols));
  return new Workbench({
    path,
    debug,
    provider,
    close: () => file.close(),
    salvage: false,
    recording: { run, file },
    open: opener(opening),
  });
}
