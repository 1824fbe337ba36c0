/** The program as it stands in the sources, as a process of its own: `node --import tsx main.ts ARGUMENTS`. */
import { nodeHost } from '../../../src/cli/host/nodeHost.js';
import { runCli } from '../../../src/cli/main.js';

process.exitCode = await runCli(process.argv.slice(2), nodeHost());
