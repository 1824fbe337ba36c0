/**
 * The formats of all state of the pc board, as text for a person to review when they change: a trace or a
 * snapshot is only good for the layouts it was made with. `npx vitest run test/tidy -u` writes the file.
 */
import { expect, it } from 'vitest';
import type { State } from '../../src/core/layout.js';
import { pcMachine } from '../support/pc.js';

it('layouts of the pc board are those reviewed', async () => {
  const machine = pcMachine();
  const parts: readonly (readonly [string, State])[] = [
    ['cpu', machine.cpu.state],
    ['schedule', machine.schedule.state],
    ...machine.devices.map((device) => [device.name, device.state] as const),
  ];
  // Devices that share a layout are listed above it.
  const names = new Map<string, string[]>();
  for (const [name, { layout }] of parts) names.set(layout.text, [...(names.get(layout.text) ?? []), name]);
  const text = [...names].map(([layout, users]) => `[${users.join(', ')}]\n${layout}`).join('\n');
  await expect(text).toMatchFileSnapshot('../golden/layouts.txt');
});
