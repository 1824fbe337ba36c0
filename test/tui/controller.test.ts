/** What joins the interface to a debugger: whatever becomes of a command, it is over then. */
import { describe, expect, it } from 'vitest';
import { Controller } from '../../src/tui/controller.js';
import { openXt } from './support/localSession.js';

const settled = async (controller: Controller): Promise<void> => {
  while (controller.busy) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('a command that the debugger does not answer', () => {
  it('has failed, in a line; what waits behind it is given up, and others are answered', async () => {
    const port = await openXt();
    const { command } = port;
    port.command = () => Promise.reject(new Error('the machine was given away'));
    const outside = { save: () => {}, redraw: () => {}, quit: () => {} };
    const controller = new Controller(port, outside, { columns: 80, rows: 24 });
    controller.begin();
    controller.run('step');
    controller.run('seek 5000');
    await settled(controller);
    expect(controller.state.message).toEqual({ text: 'the machine was given away', failed: true });
    expect(controller.state.queue).toEqual([]);
    port.command = command;
    controller.run('seek 1000');
    await settled(controller);
    expect(port.debug.clock).toBeGreaterThanOrEqual(1000);
    expect(port.debug.clock).toBeLessThan(5000);
  });
});
