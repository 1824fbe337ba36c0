#!/usr/bin/env node
import { nodeHost } from '../dist/cli/host/nodeHost.js';
import { runCli } from '../dist/cli/main.js';

process.exitCode = await runCli(process.argv.slice(2), nodeHost());
