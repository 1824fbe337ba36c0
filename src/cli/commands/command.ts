/** A command of the program: adds itself to the command line; its action gives the exit code. */
import type { Command } from 'commander';
import type { Host } from '../host/host.js';

/** Hands `action`'s exit code to whoever runs the command line. */
export type Finish = (code: number) => void;
export type AddCommand = (program: Command, host: Host, finish: Finish) => void;
