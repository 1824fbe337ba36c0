/** What the event `stopped` says: why a move ended, in the protocol's words and in a person's. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint } from '../debug/breakpoints.js';
import { hitText } from '../debug/commands/command.js';
import type { Arrival } from '../debug/debugger.js';
import { type Divergence, describeDivergence } from '../divergence.js';
import type { Symbols } from '../guest/symbols.js';
import type { Hit } from '../timeline/stops.js';
import { hex } from './references.js';

type Body = DebugProtocol.StoppedEvent['body'];
/** Why the client believes that the machine has moved. */
export type Cause = 'entry' | 'step' | 'pause' | 'goto';

/** A machine has one processor that can be looked at. */
export const THREAD = 1;

const EVERYONE = { threadId: THREAD, allThreadsStopped: true };

const KINDS = {
  execute: 'breakpoint',
  watch: 'data breakpoint',
  port: 'exception',
  vector: 'exception',
  control: 'exception',
  event: 'exception',
} as const;

export function stopped(
  { reason, met, hits }: Arrival,
  cause: Cause,
  symbols: Symbols,
  divergence: Divergence | undefined,
): Body {
  switch (reason) {
    case 'arrived':
      return { ...EVERYONE, reason: cause };
    case 'beginning':
      return { ...EVERYONE, reason: cause, description: 'Paused at the beginning of the recording' };
    case 'end':
      return { ...EVERYONE, reason: cause, description: 'Paused at the end of the recording' };
    case 'diverged': {
      const text = divergence && describeDivergence(divergence);
      const description = 'Paused where the replay differs from the recording';
      return { ...EVERYONE, reason: 'exception', description, ...(text && { text }) };
    }
    case 'breakpoint':
      return atBreakpoint(met, hits, symbols);
  }
}

function atBreakpoint(met: readonly Breakpoint[], hits: readonly Hit[], symbols: Symbols): Body {
  const reason = met[0] ? KINDS[met[0].target.kind] : 'breakpoint';
  const text = hits.map((hit) => said(hit, symbols)).join(', ');
  return {
    ...EVERYONE,
    reason,
    description: `Paused on ${met[0]?.text ?? 'a breakpoint'}`,
    text,
    hitBreakpointIds: met.map(({ number }) => number),
  };
}

const said = (hit: Hit, symbols: Symbols): string =>
  hit.kind === 'address' ? (symbols.show(hit.address) ?? hex(hit.address)) : hitText(hit);
