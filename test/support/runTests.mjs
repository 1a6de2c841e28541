/** node runTests.mjs FOLDER [EXCEPT]: the test files below a folder, in this Node; those in its folder EXCEPT are left out. */
import { createRequire } from 'node:module';
import { runMocha } from './mochaRun.mjs';

/** Random inputs are the same in each run, unless others are asked for: a change is not refused for what was wrong before it. */
const seed = Number(process.env.MATCHDOWN_FUZZ_SEED ?? 20261123);
// Tests are bundled to CommonJS, and so have this one of its two builds.
createRequire(import.meta.url)('fast-check').configureGlobal({ seed });

const [folder, except] = process.argv.slice(2);
const failures = await runMocha(folder, except);
process.exit(failures > 0 ? 1 : 0);
