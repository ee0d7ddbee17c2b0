#!/usr/bin/env node
// The command line, under a Node that is new enough.
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));
process.argv.splice(2, 0, '--disable-warning=ExperimentalWarning', program);
await import('../../local/bin/run.mjs');
