/**
 * node guard.mjs PROGRAM [ARGUMENT...]
 *
 * Runs a program in a process group of its own and kills the whole group when standard input is closed, which happens also
 * when the process at its other end is killed. So no editor, browser or language server outlives the test that started it.
 */
import { spawn, spawnSync } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { detached: process.platform !== 'win32', stdio: ['ignore', 'inherit', 'inherit'] });

child.once('error', (error) => {
  console.error(`${program} could not be started: ${error.message}`);
  process.exit(127);
});
child.once('exit', (code) => {
  killGroup();
  process.exit(code ?? 1);
});
process.stdin.resume().once('end', killGroup).once('error', killGroup);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, killGroup);

function killGroup() {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
  else
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is empty already.
    }
}
