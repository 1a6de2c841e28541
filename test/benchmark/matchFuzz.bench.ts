/**
 * Damaged real models through reader and matcher: no crash, no hang, bounded memory; how many came to what.
 *
 *   node esbuild.mjs && node out/test/benchmark/matchFuzz.bench.js [CASES] [FOLDER ...]
 *
 *   node --enable-source-maps out/test/benchmark/matchFuzz.bench.js --seed SEED [FOLDER ...]     one case, with its stack
 *
 * 10,000 cases of the Keras fixtures unless told otherwise. The cases run in a process of their own with 512 MB of heap; one
 * that is not done after 10 s is a hang.
 */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fuzz } from '../integration/match/fuzzing';
import { projectRoot } from '../support/projectRoot';

interface Done {
  readonly seed: number;
  readonly outcome: string;
  readonly file: string;
  readonly milliseconds: number;
  readonly rss: number;
}

const PATIENCE = 10_000;

async function main(cases: number, folders: readonly string[]): Promise<void> {
  const outcomes: Record<string, number> = {};
  const failures: string[] = [];
  let [slowest, largest] = [0, 0];
  for (let next = 0; next < cases; ) {
    const { done, failure } = await runFrom(next, cases, folders);
    for (const each of done) {
      outcomes[each.outcome] = (outcomes[each.outcome] ?? 0) + 1;
      if (each.outcome.startsWith('crash')) failures.push(`seed ${each.seed}, ${each.file}: ${each.outcome}`);
      slowest = Math.max(slowest, each.milliseconds);
      largest = Math.max(largest, each.rss);
    }
    next += done.length;
    if (failure) failures.push(`seed ${next++}: ${failure}`);
  }
  console.table(outcomes);
  console.log(`slowest case ${Math.round(slowest)} ms, ${Math.round(largest / 2 ** 20)} MB of memory at most`);
  for (const failure of failures) console.log(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

/** Runs cases in a child process until they are all done, or one of them ends it or holds it up. */
function runFrom(
  first: number,
  cases: number,
  folders: readonly string[],
): Promise<{ done: Done[]; failure?: string }> {
  const child = fork(__filename, ['--child', `${first}`, `${cases}`, ...folders], {
    execArgv: ['--max-old-space-size=512'],
  });
  const done: Done[] = [];
  return new Promise((resolve) => {
    let failure: string | undefined;
    const hang = () => {
      failure = `hangs for more than ${PATIENCE / 1000} s`;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(hang, PATIENCE);
    child.on('message', (message) => {
      done.push(message as Done);
      clearTimeout(timer);
      timer = setTimeout(hang, PATIENCE);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      const early = first + done.length < cases ? `the process ended with ${code}` : undefined;
      const reason = failure ?? early;
      resolve({ done, ...(reason ? { failure: reason } : {}) });
    });
  });
}

function runHere(first: number, cases: number, folders: readonly string[]): void {
  const files = filesOf(folders);
  for (let seed = first; seed < cases; seed++) {
    const file = files[seed % files.length]!;
    const started = performance.now();
    const outcome = outcomeOf(file, seed);
    const { rss } = process.memoryUsage();
    const done: Done = { seed, outcome, file: path.basename(file), milliseconds: performance.now() - started, rss };
    process.send?.(done);
  }
  process.disconnect?.();
}

function runOne(seed: number, folders: readonly string[]): void {
  const files = filesOf(folders);
  const file = files[seed % files.length]!;
  console.log(`${file}: ${fuzz(readFileSync(file), seed)}`);
}

function filesOf(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => path.join(folder, name)),
  );
}

function outcomeOf(file: string, seed: number): string {
  try {
    return fuzz(readFileSync(file), seed);
  } catch (error) {
    return `crash: ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join(' ') : error}`;
  }
}

const words = process.argv.slice(2);
const usual = [path.join(projectRoot, 'test/fixtures/keras')];
const given = (from: number): readonly string[] => (words.length > from ? words.slice(from) : usual);
if (words[0] === '--seed') runOne(Number(words[1]), given(2));
else if (words[0] === '--child') runHere(Number(words[1]), Number(words[2]), words.slice(3));
else void main(Number(words[0] ?? 10_000), given(1));
