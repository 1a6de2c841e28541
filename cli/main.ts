#!/usr/bin/env node
import { chooseLanguage } from '../engine/language';
import { runCommandLine } from './commandLine';
import { processTerminal } from './terminal';

// A reader that closes early (`matchdown ... | head`) is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

chooseLanguage(process.env);
void runCommandLine(process.argv.slice(2), processTerminal()).then((status) => {
  process.exitCode = status;
});
