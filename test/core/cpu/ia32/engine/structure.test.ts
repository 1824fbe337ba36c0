/**
 * Law: walking the structured form of a control-flow graph, every jump that it says it can express lands
 * on its block: forward jumps at a `block` that is open, jumps back at a `loop` that is.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Structure } from '../../../../../src/core/cpu/ia32/engine/jit/structure.js';

/** A graph whose node n has a few successors. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
  );

/** Emits as regionCode.ts does, on paper: which labels are open where each node's code stands. */
function openLabels(structure: Structure): Map<number, ReadonlySet<number>> {
  const open = new Map<number, ReadonlySet<number>>();
  const tree = (node: number, labels: ReadonlySet<number>): void => {
    const inside = new Set(labels);
    if (structure.isLoop(node)) inside.add(node);
    const children = structure.children(node);
    open.set(node, new Set([...inside, ...children]));
    for (const [i, child] of children.entries()) {
      tree(child, new Set([...inside, ...children.slice(i + 1)]));
    }
  };
  tree(0, new Set());
  return open;
}

function reachable(successors: readonly (readonly number[])[]): Set<number> {
  const seen = new Set([0]);
  for (const node of seen) for (const to of successors[node]!) seen.add(to);
  return seen;
}

describe('structured control flow', () => {
  it('has a label for every jump it can express, and places every block once', () => {
    fc.assert(
      fc.property(graphs, (successors) => {
        const structure = new Structure(successors);
        const open = openLabels(structure);
        expect([...open.keys()].sort()).toEqual([...reachable(successors)].sort());
        for (const [node, labels] of open) {
          for (const to of successors[node]!) if (structure.reaches(node, to)) expect(labels).toContain(to);
        }
      }),
    );
  });

  it('expresses every jump of a graph that can be reduced', () => {
    // while (a) { if (b) c; else d; if (e) continue; f }
    const successors = [[1, 7], [2, 3], [4], [4], [0, 5], [6], [0], []];
    const structure = new Structure(successors);
    for (const [node, list] of successors.entries()) {
      for (const to of list) expect(structure.reaches(node, to)).toBe(true);
    }
  });

  it('cannot express a jump into the middle of a loop from outside it and back', () => {
    const structure = new Structure([[1, 2], [2], [1]]);
    expect([structure.reaches(1, 2), structure.reaches(2, 1)].filter(Boolean)).toHaveLength(1);
  });
});
