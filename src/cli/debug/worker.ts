/** The thread in which the debugged machine runs. */
import { Debugger } from '../../replay/debug/debugger.js';
import { nodeHost } from '../host/nodeHost.js';
import { symbolsFor } from '../machine/symbols.js';
import { openTimeline } from '../machine/trace.js';
import { DebugSession } from './session.js';
import { serve, tell } from './thread.js';

await serve(({ path, marks, symbols, ...options }) => {
  const timeline = openTimeline(path, options, nodeHost());
  const debug = new Debugger(timeline, symbolsFor(timeline.trace, symbols));
  for (const [name, clock] of marks) debug.marks.set(name, clock);
  const session = new DebugSession(debug);
  session.onProgress = (progress) => tell({ kind: 'progress', progress });
  const answers = {
    view: session.view.bind(session),
    command: session.command.bind(session),
    complete: session.complete.bind(session),
  };
  return { answers, cancel: () => session.cancel() };
});
