/** node runTests.mjs FOLDER [EXCEPT]: the test files below a folder, in this Node; those in its folder EXCEPT are left out. */
import { runMocha } from './mochaRun.mjs';

const [folder, except] = process.argv.slice(2);
const failures = await runMocha(folder, except);
process.exit(failures > 0 ? 1 : 0);
