/** node runTests.mjs FOLDER: the test files below a folder, in this Node. */
import { runMocha } from './mochaRun.mjs';

const failures = await runMocha(process.argv[2]);
process.exit(failures > 0 ? 1 : 0);
