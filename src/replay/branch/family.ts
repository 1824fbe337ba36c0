/**
 * Which of some traces are branches of which: a branch names a frame of its parent, whose header hash covers all
 * that comes before it. Parents that have grown since, or were cut off behind that frame, are found all the same.
 */
import { hex64 } from '../trace/hash.js';
import type { Trace } from '../trace/reader.js';
import type { Origin } from '../trace/records.js';

export interface Member {
  /** The file's. */
  readonly name: string;
  readonly trace: Trace;
}

export interface Kin {
  readonly member: Member;
  readonly parent: Member | undefined;
  /** By the clock at which they begin. */
  readonly children: readonly Kin[];
}

/** Those that have no parent among them, with their descendants. */
export function familiesOf(members: readonly Member[]): readonly Kin[] {
  const parents = new Map(members.map((member) => [member, parentOf(member, members)]));
  const kin = (member: Member): Kin => {
    const children = members.filter((child) => parents.get(child) === member);
    return { member, parent: parents.get(member), children: children.sort(byClock).map(kin) };
  };
  return members.filter((member) => !parents.get(member)).map(kin);
}

/** Of several copies, the one that holds most. */
function parentOf({ trace }: Member, members: readonly Member[]): Member | undefined {
  const { origin } = trace.manifest;
  if (!origin) return undefined;
  const found = members.filter((member) => isOrigin(member.trace, origin));
  return found.sort((a, b) => b.trace.frames.length - a.trace.frames.length)[0];
}

function isOrigin(trace: Trace, { trace: id, frame, hash }: Origin): boolean {
  const named = trace.frames[frame];
  return trace.id === id && named !== undefined && hex64(named.header.hash) === hash;
}

const clockOf = ({ trace }: Member): number => trace.manifest.origin?.clock ?? 0;
const byClock = (a: Member, b: Member): number => clockOf(a) - clockOf(b);
