/** The library's public face: build machines, record, replay, look. Call `ready()` first. */

export type { Note, NoteKind, Outcome } from './core/device.js';
export type { Provider } from './core/door.js';
export { Machine, type MachineSnapshot } from './core/machine.js';
export { buildPc } from './devices/boards/pc.js';
export { buildXt } from './devices/boards/xt.js';
export type { BlobId, Blobs, DiskDescription, PcDescription, XtDescription } from './devices/description.js';
export type { Boards, Build } from './replay/boards.js';
export { changesOf } from './replay/branch/assignment.js';
export { type Branch, type BranchOptions, branch } from './replay/branch/branch.js';
export { familiesOf, type Kin, type Member } from './replay/branch/family.js';
export { edited, type InputEdit, inputsOf, KeepingInputs, type TimedInput } from './replay/branch/inputs.js';
export { type Change, inputOfChange } from './replay/changes.js';
export { CommandError, runCommand } from './replay/debug/commands/index.js';
export { type Arrival, Debugger, type Direction, type Move, type Reason } from './replay/debug/debugger.js';
export { type DiffAnswer, type DiffQuestion, diff } from './replay/diff/diff.js';
export { type Divergence, describeDivergence } from './replay/divergence.js';
export { type EventFilter, type RunEvent, watchEvents } from './replay/events.js';
export { Expression } from './replay/expression/expression.js';
export { ExpressionError } from './replay/expression/tokens.js';
export { bundledSymbols } from './replay/guest/bundledSymbols.js';
export { callStack, type Frame, type KnownInterrupt } from './replay/guest/callStack.js';
export { ChangeError } from './replay/guest/changeError.js';
export { pictureOf, screenLines, screenOf } from './replay/guest/screen.js';
export { readSymbols, Symbols } from './replay/guest/symbols.js';
export { type LiveBranch, type LiveFile, type LiveRecording, LiveRun } from './replay/live/liveRun.js';
export { boards } from './replay/machines/boards.js';
export { type BisectAnswer, type BisectQuestion, bisect } from './replay/query/bisect.js';
export { ready } from './replay/ready.js';
export { Recorder, type Recording } from './replay/recorder.js';
export { type Runner, Unrecorded } from './replay/runner.js';
export { parseScript, type Script, ScriptError } from './replay/script/parse.js';
export { Scripted } from './replay/script/scripted.js';
export { Session } from './replay/session.js';
export type { Control, Hit, PortRange, Stops } from './replay/timeline/stops.js';
export {
  type Listener as TimelineListener,
  Timeline,
  type TimelineOptions,
  type Travel,
  type TravelOptions,
} from './replay/timeline/timeline.js';
export { toEnd } from './replay/toEnd.js';
export { type ByteSource, TraceError } from './replay/trace/format.js';
export { hex64 } from './replay/trace/hash.js';
export { memorySource, Trace } from './replay/trace/reader.js';
export { EventIndex } from './replay/view/events.js';
export type { View, Wanted } from './replay/view/view.js';
export { viewOf } from './replay/view/viewOf.js';
